/** bin/sextant: hands over to the pinned Node with arguments, exit code and signals intact. */
import { describe, expect, test } from 'vitest';
import { createSandbox } from './sandbox.ts';

const entry = 'src/headless/main.ts';

describe('bin/sextant', () => {
  test('before set-up it says what to run and exits 2', async () => {
    const said = await createSandbox().start('bin/sextant', ['status']).ended;
    expect(said).toEqual({
      code: 2,
      stdout: '',
      stderr: 'Sextant is not set up yet: run `npm start` or `npm run setup` first.\n',
    });
  });

  test('runs TypeScript on Node 24, without a warning, with its arguments and exit code', async () => {
    const sandbox = createSandbox();
    sandbox.linkPinnedNode();
    sandbox.write(
      entry,
      `const args: readonly string[] = process.argv.slice(2);
       process.stdout.write(JSON.stringify({ args, major: process.versions.node.split('.')[0] }));
       process.exitCode = 7;`,
    );
    const said = await sandbox.start('bin/sextant', ['plan', '--params', '{"a": "b c"}']).ended;
    expect(said).toEqual({
      code: 7,
      stdout: '{"args":["plan","--params","{\\"a\\": \\"b c\\"}"],"major":"24"}',
      stderr: '',
    });
  });

  test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'passes %s on, once, and waits for the answer',
    async (signal) => {
      const sandbox = createSandbox();
      sandbox.linkPinnedNode();
      sandbox.write(
        entry,
        `let count: number = 0;
         process.on('${signal}', () => {
           count += 1;
           setTimeout(() => { process.stdout.write('stopped after ' + count); process.exit(130); }, 50);
         });
         setInterval(() => {}, 1000);
         process.stdout.write('ready ');`,
      );
      const running = sandbox.start('bin/sextant');
      await running.spoken('ready');
      running.child.kill(signal);
      expect(await running.ended).toEqual({ code: 130, stdout: 'ready stopped after 1', stderr: '' });
    },
  );
});
