/** Calls a running host over HTTP with the token from its `host.json`. */

import { request as httpRequest } from 'node:http';
import type { MethodName, RequestOf, ResponseOf } from '../../shared/api/contract.ts';
import type { ApiResult } from '../../shared/api/result.ts';
import type { HostFile } from './host-file.ts';

/** Journals of a long life make long lists; more than this is not an answer of ours. */
const answerBytesMax = 64 * 1024 * 1024;
/** Verifying a long journal is the slowest call. */
const answerTimeoutMs = 10 * 60_000;

/** What a path of the host answered. */
interface Answer {
  readonly status: number;
  readonly body: string;
}

function post(host: HostFile, path: string, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${host.address}/api/${path}`,
      {
        method: 'POST',
        timeout: answerTimeoutMs,
        headers: {
          authorization: `Bearer ${host.token}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > answerBytesMax) request.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
        response.on('error', reject);
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
    request.end(body);
  });
}

/** Posts to a path below `/api/`; gives a failure, never throws, when there is no answer of ours. */
export async function callHostPath(
  host: HostFile,
  path: string,
  request: unknown,
): Promise<ApiResult<unknown>> {
  let answer: Answer;
  try {
    answer = await post(host, path, JSON.stringify(request));
  } catch (error) {
    return {
      ok: false,
      code: 'venue',
      message: `the host with process id ${host.pid} does not answer at ${host.address} (${(error as Error).message})`,
      hint: 'Is it busy or being stopped? Try again; if it hangs, end that process and start Sextant anew.',
    };
  }
  try {
    const body: unknown = JSON.parse(answer.body);
    if (typeof body === 'object' && body !== null && 'ok' in body && typeof body.ok === 'boolean') {
      return body as ApiResult<unknown>;
    }
  } catch {
    // Not JSON: told below, with the status.
  }
  return {
    ok: false,
    code: 'internal',
    message: `the program at ${host.address} gave an answer that is not Sextant's (HTTP ${answer.status})`,
    hint: 'Do both run the same version? Stop the host and start it again.',
  };
}

/** Calls a method of the contract. */
export async function callHost<Name extends MethodName>(
  host: HostFile,
  name: Name,
  request: RequestOf<Name>,
): Promise<ApiResult<ResponseOf<Name>>> {
  return (await callHostPath(host, name, request)) as ApiResult<ResponseOf<Name>>;
}
