/** The host without a window: runs, is talked to, stops, and leaves everything in order. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  fingerprint,
  type Line,
  lastLine,
  linesOf,
  newDataFolder,
  type Running,
  sextant,
  start,
} from './sextant.ts';

async function ready(running: Running): Promise<Line> {
  await expect
    .poll(() => running.said.stdout.includes('"kind":"ready"') || running.child.exitCode !== null)
    .toBe(true);
  const line = linesOf(running.said.stdout).find((known) => known.kind === 'ready');
  if (line === undefined) throw new Error(`it did not start: ${running.said.stdout} ${running.said.stderr}`);
  return line;
}

describe('a host that may take any port', () => {
  test('comes back on the one it had, so that an open page finds it', async () => {
    const data = newDataFolder();
    const run = async (): Promise<unknown> => {
      const running = start(['--no-ui', '--demo', '--json', '--data', data]);
      const { api } = await ready(running);
      running.child.kill('SIGTERM');
      await expect.poll(() => running.child.exitCode).toBe(0);
      return api;
    };
    expect(await run()).toBe(await run());
  });
});

describe('a demo run with an end', () => {
  test('gives its result, and the same one for the same seed at another speed', async () => {
    const run = async (speed: string) => {
      const data = newDataFolder();
      const said = await sextant([
        '--no-ui',
        '--demo',
        '--seed',
        '42',
        '--sim-for',
        '5m',
        '--speed',
        speed,
        '--json',
        '--data',
        data,
      ]);
      expect(said.code, said.stderr).toBe(0);
      return { line: lastLine(said), data };
    };
    const [first, second] = await Promise.all([run('max'), run('100')]);
    expect(first.line.kind).toBe('result');
    expect(first.line['identities']).toMatchObject({ failed: 0 });
    expect((first.line['identities'] as { checked: number }).checked).toBeGreaterThan(0);
    expect(first.line['orders']).toBeGreaterThan(0);
    expect(first.line['unknown']).toBe(0);
    expect(first.line['simulatedMs']).toBe(300_000);
    expect(Object.keys(first.line['equity'] as object)).toContain('USDT');
    expect(second.line['auditHash']).toBe(first.line['auditHash']);
    expect(existsSync(join(first.data, 'host.json'))).toBe(false);

    const verified = lastLine(await sextant(['journal', 'verify', '--json', '--data', first.data]));
    expect(verified).toMatchObject({
      chain: 'ok',
      duplicates: 0,
      lostFills: 0,
      lastHash: first.line['auditHash'],
      records: first.line['auditRecords'],
    });

    // Reading and being refused changes nothing that is stored.
    const before = fingerprint(first.data);
    const reads = [
      'status',
      'bots list',
      'bots show b1',
      'orders',
      'fills',
      'positions',
      'balances',
      'journal tail',
      'journal report',
      'doctor',
    ];
    for (const words of reads) {
      const said = await sextant([...words.split(' '), '--json', '--data', first.data]);
      expect(said.code, `${words}: ${said.stdout}`).toBe(0);
    }
    const refusals = [
      ['orders', '--limit', '1,5'],
      ['bots', 'stop', 'b1'],
      ['order', 'sx-none'],
      ['--no-ui', '--seed', 'other', '--port', '1,5'],
    ];
    for (const args of refusals) {
      expect((await sextant([...args, '--json', '--data', first.data])).code).toBeGreaterThan(1);
    }
    expect(fingerprint(first.data)).toBe(before);
  });
});

describe('a running host', () => {
  test('answers commands, refuses a second instance, and stops with Ctrl-C', async () => {
    const data = newDataFolder();
    const host = start(['--no-ui', '--demo', '--json', '--data', data]);
    const line = await ready(host);
    expect(line).toMatchObject({ mode: 'demo', dataFolder: data, address: null, pid: host.child.pid });
    if (process.platform !== 'win32') expect(statSync(join(data, 'host.json')).mode & 0o777).toBe(0o600);
    const command = (...args: string[]) => sextant([...args, '--json', '--data', data]);

    const status = lastLine(await command('status'));
    expect(status).toMatchObject({ kind: 'result', host: 'running', mode: 'demo' });
    expect((status['bots'] as unknown[]).length).toBeGreaterThan(0);

    const second = await command('--no-ui');
    expect(second.code).toBe(7);
    expect(lastLine(second)).toMatchObject({ kind: 'error', code: 'locked' });

    const suggested = lastLine(
      await command('strategies', 'show', 'grid', '--venue', 'sim-a', '--instrument', 'BTC/USDT'),
    );
    const params = JSON.stringify(suggested['params']);
    const target = ['--strategy', 'grid', '--venue', 'sim-a', '--instrument', 'BTC/USDT', '--params', params];
    expect(lastLine(await command('plan', ...target))).toMatchObject({ kind: 'result' });
    const created = lastLine(await command('bots', 'create', ...target, '--name', 'Made here'));
    const bot = created['bot'] as { id: string; name: string };
    expect(bot.name).toBe('Made here');
    expect(lastLine(await command('bots', 'show', bot.id))['bot']).toMatchObject({ id: bot.id });
    expect(lastLine(await command('bots', 'stop', 'b99'))).toMatchObject({ code: 'not-found' });
    expect(lastLine(await command('halt', '--scope', `bot:${bot.id}`))['risk']).toMatchObject({
      state: 'ACTIVE',
    });
    expect(lastLine(await command('resume', '--scope', `bot:${bot.id}`))['risk']).toMatchObject({
      scopes: [],
    });
    expect((await command('halt', '--flatten')).code).toBe(3);
    expect((await command('bots', 'remove', bot.id)).code).toBe(0);
    expect((await command('journal', 'verify')).code).toBe(0);

    const exported = join(dirname(data), 'journal.jsonl');
    const written = lastLine(await command('journal', 'export', '--out', exported));
    const records = readFileSync(exported, 'utf8').trimEnd().split('\n');
    expect(records).toHaveLength(written['records'] as number);
    expect(JSON.parse(records[0] ?? '')).toMatchObject({ sequence: 1 });
    expect((await command('journal', 'export', '--out', exported)).code).toBe(3);

    host.child.kill('SIGINT');
    const said = await host.ended;
    expect(said.code).toBe(130);
    expect(lastLine(said).kind).toBe('result');
    expect(existsSync(join(data, 'host.json'))).toBe(false);
    expect(lastLine(await command('status'))).toMatchObject({ host: 'none' });
  });

  test('reads its configuration again on SIGHUP; a bad one is refused and the old stays; SIGTERM ends it with 0', async () => {
    const data = newDataFolder();
    const file = join(dirname(data), 'my.yaml');
    writeFileSync(file, 'log:\n  level: info\n  keepDays: 5\n');
    const host = start(['--no-ui', '--config', file, '--json', '--data', data]);
    await ready(host);
    expect(JSON.parse(readFileSync(join(data, 'config.last-good.json'), 'utf8')).text).toContain(
      'keepDays: 5',
    );

    writeFileSync(file, 'log:\n  level: loud\n  keepDays: 5\n');
    host.child.kill('SIGHUP');
    await expect.poll(() => host.said.stderr).toContain('the configuration was refused');
    expect(host.said.stderr).toContain('my.yaml:2: log.level');
    expect(JSON.parse(readFileSync(join(data, 'config.last-good.json'), 'utf8')).text).toContain(
      'level: info',
    );

    writeFileSync(file, 'log:\n  level: info\n  keepDays: 6\n');
    host.child.kill('SIGHUP');
    await expect.poll(() => host.said.stderr).toContain('the configuration was read again');
    expect(host.child.exitCode).toBeNull();

    host.child.kill('SIGTERM');
    const said = await host.ended;
    expect([said.code, lastLine(said).kind]).toEqual([0, 'result']);
  });

  test('stops when the API says so, and answers that call', async () => {
    const data = newDataFolder();
    const host = start(['--no-ui', '--json', '--data', data]);
    await ready(host);
    const { address, token } = JSON.parse(readFileSync(join(data, 'host.json'), 'utf8')) as {
      address: string;
      token: string;
    };
    const answer = await fetch(`${address}/api/system/stop`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await answer.json()).toEqual({ ok: true, value: {} });
    const said = await host.ended;
    expect([said.code, lastLine(said).kind]).toEqual([0, 'result']);
    // The token reached no log and no output.
    const logs = readdirSync(join(data, 'logs')).map((name) =>
      readFileSync(join(data, 'logs', name), 'utf8'),
    );
    expect(logs.join('')).toContain('system/stop done');
    expect(`${said.stdout}${said.stderr}${logs.join('')}`).not.toContain(token);
  });

  test('a killed host leaves a file that fools nobody, and the next one starts', async () => {
    const data = newDataFolder();
    const host = start(['--no-ui', '--demo', '--json', '--data', data]);
    await ready(host);
    host.child.kill('SIGKILL');
    await host.ended;
    expect(existsSync(join(data, 'host.json'))).toBe(true);
    expect(lastLine(await sextant(['status', '--json', '--data', data]))).toMatchObject({ host: 'none' });
    expect((await sextant(['bots', 'start', 'b1', '--json', '--data', data])).code).toBe(3);
    const next = await sextant(['--no-ui', '--for', '1s', '--json', '--data', data]);
    expect(next.code, next.stderr).toBe(0);
    expect(lastLine(await sextant(['journal', 'verify', '--json', '--data', data]))).toMatchObject({
      chain: 'ok',
      duplicates: 0,
      lostFills: 0,
    });
  });
});
