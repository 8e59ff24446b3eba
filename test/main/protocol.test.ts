/** The page's own scheme: what it serves, and everything that tries to leave its folder. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { pageHeaders } from '../../src/main/content-policy.ts';
import { answerPage } from '../../src/main/protocol.ts';

vi.mock('electron', () => import('./electron-stand-in/index.ts'));

const secret = 'not for the page';
let base: string;
let folder: string;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'sextant-scheme-'));
  folder = join(base, 'renderer');
  for (const name of ['renderer/assets', 'renderer-old', 'elsewhere'])
    mkdirSync(join(base, name), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html>page');
  writeFileSync(join(folder, 'assets', 'main.js'), 'export const a = 1;');
  writeFileSync(join(folder, 'assets', 'with space.css'), 'a{}');
  writeFileSync(join(folder, 'assets', 'notes.txt'), secret);
  writeFileSync(join(folder, 'key'), secret);
  writeFileSync(join(base, 'renderer-old', 'index.html'), secret);
  writeFileSync(join(base, 'elsewhere', 'secret.html'), secret);
  writeFileSync(join(base, 'secret.html'), secret);
  symlinkSync(join(base, 'elsewhere'), join(folder, 'linked'));
  symlinkSync(join(base, 'secret.html'), join(folder, 'linked.html'));
  symlinkSync(join(base, 'renderer-old'), join(folder, 'old'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const get = (url: string, method = 'GET') =>
  answerPage(folder, { url, method } as Request).then(async (response) => ({
    response,
    text: await response.text(),
  }));

test.each([
  ['the page', 'app://sextant/index.html', 'text/html; charset=utf-8', '<!doctype html>page'],
  ['the page without its name', 'app://sextant/', 'text/html; charset=utf-8', '<!doctype html>page'],
  [
    'a file of a folder',
    'app://sextant/assets/main.js',
    'text/javascript; charset=utf-8',
    'export const a = 1;',
  ],
  ['a name with a space', 'app://sextant/assets/with%20space.css', 'text/css; charset=utf-8', 'a{}'],
  [
    'a query and a fragment',
    'app://sextant/index.html?a=1#b',
    'text/html; charset=utf-8',
    '<!doctype html>page',
  ],
])('serves %s', async (_name, url, type, body) => {
  const { response, text } = await get(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(type);
  expect(text).toBe(body);
});

describe('refuses', () => {
  test.each([
    ['a step up', 'app://sextant/../secret.html'],
    ['two steps up', 'app://sextant/assets/../../secret.html'],
    ['an encoded step', 'app://sextant/%2e%2e/secret.html'],
    ['a half encoded step', 'app://sextant/.%2e/secret.html'],
    ['a step in capitals', 'app://sextant/%2E%2E/secret.html'],
    ['an encoded separator', 'app://sextant/..%2fsecret.html'],
    ['an encoded separator after a folder', 'app://sextant/assets%2f..%2f..%2fsecret.html'],
    ['an encoded backslash', 'app://sextant/..%5csecret.html'],
    ['a backslash', 'app://sextant/..\\secret.html'],
    ['twice encoded', 'app://sextant/%252e%252e/secret.html'],
    ['twice encoded separator', 'app://sextant/..%252fsecret.html'],
    ['a sibling whose name begins the same', 'app://sextant/../renderer-old/index.html'],
    ['a sibling, encoded', 'app://sextant/..%2frenderer-old%2findex.html'],
    ['an absolute path', 'app://sextant//etc/passwd.html'],
    ['an absolute path, encoded', 'app://sextant/%2fetc%2fpasswd.html'],
    ['a drive', 'app://sextant/C:/secret.html'],
    ['a drive, encoded', 'app://sextant/C%3a/secret.html'],
    ['a stream of a file', 'app://sextant/index.html::$DATA.html'],
    ['a zero byte', 'app://sextant/index.html%00.js'],
    ['a line break', 'app://sextant/index%0a.html'],
    ['an overlong encoding', 'app://sextant/%c0%ae%c0%ae/secret.html'],
    ['a broken encoding', 'app://sextant/%zz.html'],
    ['a link to a folder outside', 'app://sextant/linked/secret.html'],
    ['a link to a file outside', 'app://sextant/linked.html'],
    ['a link to a sibling whose name begins the same', 'app://sextant/old/index.html'],
    ['another host', 'app://evil/index.html'],
    ['a host that begins like ours', 'app://sextant.evil/index.html'],
    ['a user name', 'app://sextant@evil/index.html'],
    ['a port', 'app://sextant:80/index.html'],
    ['no host', 'app:///index.html'],
    ['another scheme', 'file:///etc/passwd.html'],
    ['a kind of file nobody ships', 'app://sextant/assets/notes.txt'],
    ['a file without an ending', 'app://sextant/key'],
    ['a folder', 'app://sextant/assets'],
    ['a folder with its separator', 'app://sextant/assets/'],
    ['what is not there', 'app://sextant/nothing.html'],
    ['a very long name', `app://sextant/${'a'.repeat(5000)}.html`],
    ['no address', 'nonsense'],
  ])('%s', async (_name, url) => {
    const { response, text } = await get(url);
    expect([400, 404]).toContain(response.status);
    expect(text).toBe('');
  });

  test.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'get'])('the method %s', async (method) => {
    const { response, text } = await get('app://sextant/index.html', method);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET');
    expect(text).toBe('');
  });
});

test.each([
  ['an answer', 'app://sextant/index.html', 'GET'],
  ['a refused path', 'app://sextant/../secret.html', 'GET'],
  ['a missing file', 'app://sextant/nothing.html', 'GET'],
  ['a refused method', 'app://sextant/index.html', 'POST'],
])('%s carries every header', async (_name, url, method) => {
  const { response } = await get(url, method);
  for (const [name, value] of Object.entries(pageHeaders)) expect(response.headers.get(name)).toBe(value);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});

test('a folder that is not there serves nothing and breaks nothing', async () => {
  const response = await answerPage(join(base, 'never'), {
    url: 'app://sextant/index.html',
    method: 'GET',
  } as Request);
  expect(response.status).toBe(404);
});
