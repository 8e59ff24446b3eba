/** Reads a venue key from a person: by prompts at a terminal, or as a JSON object from a file descriptor. */
import {
  type CredentialField,
  checkCredentials,
  credentialFields,
  credentialLimits,
  type VenueCredentials,
} from './credentials.ts';
import { SecretError } from './errors.ts';
import { readToEnd, type SecretSource } from './passphrase-source.ts';
import { promptHidden } from './terminal-prompt.ts';

const maxDocumentBytes = 64 * 1024;

const questions: Record<CredentialField, string> = {
  apiKey: 'API key',
  secret: 'API secret',
  password: 'API passphrase',
  uid: 'User id',
};

/**
 * Reads and checks credentials. At a prompt `fields` are asked for (API key and secret if not given); from a
 * descriptor a JSON object `{"apiKey","secret","password"?,"uid"?}` of at most 64 KiB is read to its end.
 * Throws `bad-input` with the field's name; the input is never quoted.
 */
export async function readCredentials(
  source: SecretSource,
  fields: readonly CredentialField[] = ['apiKey', 'secret'],
): Promise<VenueCredentials> {
  const entered =
    source.kind === 'prompt'
      ? await ask(source, fields)
      : parseDocument(await readToEnd(source.descriptor, maxDocumentBytes));
  const { apiKey = '', secret = '', password, uid } = entered;
  const credentials: VenueCredentials = {
    apiKey,
    secret,
    ...(password === undefined ? {} : { password }),
    ...(uid === undefined ? {} : { uid }),
  };
  checkCredentials(credentials);
  return credentials;
}

type Entered = { [field in CredentialField]?: string };

async function ask(
  source: Extract<SecretSource, { kind: 'prompt' }>,
  fields: readonly CredentialField[],
): Promise<Entered> {
  const asked = credentialFields.filter((field) => fields.includes(field));
  const answers = await promptHidden(
    source.terminal,
    asked.map((field) => ({
      text: `${questions[field]}: `,
      maxBytes: credentialLimits[field] * 2,
      allowPem: field === 'secret',
    })),
  );
  const entered: Entered = {};
  for (const [i, field] of asked.entries()) {
    // A pasted key often brings a space along.
    entered[field] = answers[i]?.toString('utf8').trim() ?? '';
    answers[i]?.fill(0);
  }
  return entered;
}

function parseDocument(bytes: Buffer): Entered {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw unusable('the input is not JSON'); // the parser's own message quotes the input
  } finally {
    bytes.fill(0);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw unusable('the input is no object');
  const entered: Entered = {};
  for (const [name, value] of Object.entries(parsed)) {
    const field = credentialFields.find((candidate) => candidate === name);
    // The name is not repeated: whoever pastes a key as a member name must not find it in a log.
    if (field === undefined)
      throw unusable('the input has a member other than apiKey, secret, password and uid');
    if (typeof value !== 'string') throw unusable(`${field} must be text`, field);
    entered[field] = value;
  }
  return entered;
}

function unusable(message: string, field?: CredentialField): SecretError {
  const hint = 'Give one JSON object: {"apiKey": "…", "secret": "…"}. Nothing was stored.';
  return new SecretError('bad-input', message, hint, field);
}
