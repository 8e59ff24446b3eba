import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { LabFiles } from '../../../src/adapters/lab/lab-files.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'lab-files-'));
const schema = z.object({ value: z.number() });

describe('files of the Lab', () => {
  it('numbers runs and never gives the number of a kept one again', () => {
    const files = new LabFiles(folder());
    expect([files.create('backtests').id, files.create('backtests').id]).toEqual(['bt-1', 'bt-2']);
    files.remove('backtests', 'bt-1');
    expect(files.create('backtests').id).toBe('bt-3');
    expect(files.create('studies').id).toBe('st-1');
    expect(files.list('backtests')).toEqual(['bt-3', 'bt-2']);
  });

  it('gives each of several processes numbers of its own', async () => {
    const root = folder();
    const module = pathToFileURL(join(import.meta.dirname, '../../../src/adapters/lab/lab-files.ts')).href;
    const code = `import { LabFiles } from ${JSON.stringify(module)};
      const files = new LabFiles(${JSON.stringify(root)});
      for (let run = 0; run < 150; run += 1) console.log(files.create('studies').id);`;
    const run = promisify(execFile);
    const made = await Promise.all(
      [1, 2, 3].map(() => run(process.execPath, ['--input-type=module', '-e', code])),
    );
    const ids = made.flatMap(({ stdout }) => stdout.trim().split('\n'));
    expect(ids).toHaveLength(450);
    expect(new Set(ids).size).toBe(450);
  });

  it('writes whole files and reads them by their schema', () => {
    const root = folder();
    const files = new LabFiles(root);
    const { id } = files.create('walk-forwards');
    files.write('walk-forwards', id, 'run.json', { value: 4 });
    expect(files.read('walk-forwards', id, 'run.json', schema)).toEqual({ value: 4 });
    expect(readdirSync(join(root, 'lab', 'walk-forwards', id))).toEqual(['run.json']);
  });

  it('names the file and field that is damaged, and what is not there', () => {
    const root = folder();
    const files = new LabFiles(root);
    const { id, folder: path } = files.create('backtests');
    expect(() => files.read('backtests', id, 'report.json', schema)).toThrow(/bt-1 has no report.json/);
    writeFileSync(join(path, 'report.json'), '{"value": "four"}');
    expect(() => files.read('backtests', id, 'report.json', schema)).toThrow(/report.json: value/);
    writeFileSync(join(path, 'report.json'), '{"val');
    expect(() => files.read('backtests', id, 'report.json', schema)).toThrow(/report.json: .*JSON/);
    expect(() => files.remove('backtests', 'bt-9')).toThrow(/no backtest bt-9/);
  });

  it('knows only its own folders', () => {
    const root = folder();
    mkdirSync(join(root, 'lab', 'backtests', 'bt-0'), { recursive: true });
    mkdirSync(join(root, 'lab', 'backtests', '..', 'outside'), { recursive: true });
    const files = new LabFiles(root);
    expect(files.list('backtests')).toEqual([]);
    expect(() => files.folder('backtests', '../outside')).toThrow(/there is no/);
  });
});
