/** Keys and the vault by command line: a secret goes in through standard input and comes out nowhere. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprint, lastLine, newDataFolder, sextant } from './sextant.ts';

const passphrase = 'five random words are fine';
const apiKey = 'canaryKEY7f3a9c51';
const secret = 'canarySECRETe8b1d04f6622';

function textIn(folder: string): string {
  return (readdirSync(folder, { recursive: true }) as string[])
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
}

describe('the life of a key in a vault', () => {
  test('made, added, listed, tested, removed; never shown, never written in clear', async () => {
    const data = newDataFolder();
    const said: string[] = [];
    const run = async (args: readonly string[], input?: string) => {
      const answer = await sextant([...args, '--json', '--data', data], {}, input);
      said.push(answer.stdout, answer.stderr);
      return { code: answer.code, line: lastLine(answer) };
    };

    const made = await run(['vault', 'init', '--passphrase-stdin'], `${passphrase}\n`);
    expect(made.code, JSON.stringify(made.line)).toBe(0);
    expect((await run(['vault', 'init', '--passphrase-stdin'], `${passphrase}\n`)).code).toBe(3);

    const credentials = JSON.stringify({ apiKey, secret });
    const added = await run(
      ['keys', 'add', '--venue', 'kraken', '--label', 'Main', '--passphrase-stdin', '--secret-stdin'],
      `${passphrase}\n${credentials}`,
    );
    expect(added.code, JSON.stringify(added.line)).toBe(0);
    const key = added.line['key'] as { id: string; venue: string; label: string; permissions: string };
    expect(key).toMatchObject({ venue: 'kraken', label: 'Main', permissions: 'unknown' });

    const listed = await run(['keys', 'list']);
    expect((listed.line['keys'] as { id: string }[]).map(({ id }) => id)).toEqual([key.id]);

    const tested = await run(['keys', 'test', key.id, '--passphrase-stdin'], `${passphrase}\n`);
    expect(tested.line).toMatchObject({ readable: true, fields: ['apiKey', 'secret'] });
    expect((await run(['vault', 'unlock', '--passphrase-stdin'], `${passphrase}\n`)).code).toBe(0);

    const before = fingerprint(data);
    const wrong = await run(['vault', 'unlock', '--passphrase-stdin'], 'another passphrase\n');
    expect(wrong.line.kind).toBe('error');
    expect(wrong.code).toBeGreaterThan(1);
    expect((await run(['keys', 'test', 'kraken-none', '--passphrase-stdin'], `${passphrase}\n`)).code).toBe(
      4,
    );
    expect(
      (await run(['keys', 'remove', key.id, '--passphrase-stdin'], `${passphrase}\n`)).line,
    ).toMatchObject({
      code: 'refused',
      hint: expect.stringContaining('--yes'),
    });
    const empty = await run(
      ['keys', 'add', '--venue', 'kraken', '--passphrase-stdin', '--secret-stdin'],
      `${passphrase}\n{"apiKey":"","secret":"x"}`,
    );
    expect([empty.code, empty.line['field']]).toEqual([2, 'apiKey']);
    expect(fingerprint(data)).toBe(before);

    expect(textIn(data)).not.toMatch(/canary/);
    const removed = await run(['keys', 'remove', key.id, '--yes', '--passphrase-stdin'], `${passphrase}\n`);
    expect(removed.line).toMatchObject({ removed: key.id });
    expect((await run(['keys', 'list'])).line['keys']).toEqual([]);
    expect(said.join('\n')).not.toMatch(/canary|five random/);
  });

  test('a passphrase that is too short makes no vault', async () => {
    const data = newDataFolder();
    const said = await sextant(
      ['vault', 'init', '--passphrase-stdin', '--json', '--data', data],
      {},
      'short\n',
    );
    expect(said.code).toBe(2);
    expect(fingerprint(data)).toBe('absent');
  });
});
