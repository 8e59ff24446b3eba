/** Reads a tar.gz of plain files into memory: enough for the recorded payloads that tests use. */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const blockBytes = 512;

/** Gives the files of an archive by their path in it. */
export function readTarGz(path: string): Map<string, string> {
  const bytes = gunzipSync(readFileSync(path));
  const files = new Map<string, string>();
  for (let at = 0; at + blockBytes <= bytes.length; ) {
    const header = bytes.subarray(at, at + blockBytes);
    const field = (start: number, length: number) =>
      header.toString('latin1', start, start + length).split('\0')[0] as string;
    const name = field(0, 100);
    if (name === '') break;
    const size = Number.parseInt(field(124, 12), 8);
    const prefix = field(345, 155);
    const type = field(156, 1);
    if (type === '0' || type === '') {
      files.set(
        prefix === '' ? name : `${prefix}/${name}`,
        bytes.toString('utf8', at + blockBytes, at + blockBytes + size),
      );
    }
    at += blockBytes * (1 + Math.ceil(size / blockBytes));
  }
  return files;
}
