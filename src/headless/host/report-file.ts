/** Reports of bugs: what happened, in which version, with secrets taken out. They stay on this machine. */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../adapters/logging/logger.ts';
import { programVersion } from '../../shared/version.ts';
import { sourceStack } from './source-stack.ts';

const reportsKept = 20;
const logLines = 200;

/** What a report is about. */
export interface ReportInput {
  readonly dataFolder: string;
  readonly error: unknown;
  /** The command without values, which may be anything: `bots create`. */
  readonly command: string;
  readonly nowMs: number;
  /** Its redactor and last records; left out before there is a log. */
  readonly log?: Pick<Logger, 'redactor' | 'recent'> | undefined;
}

function chainOf(error: unknown): string[] {
  const parts: string[] = [];
  let current: unknown = error;
  for (let depth = 0; current !== undefined && depth < 8; depth += 1) {
    parts.push(
      current instanceof Error
        ? sourceStack(current.stack ?? `${current.name}: ${current.message}`)
        : String(current),
    );
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts;
}

/** Writes a report and gives its path; undefined when even that fails, which must not hide the error itself. */
export function writeReport(input: ReportInput): string | undefined {
  const { dataFolder, log } = input;
  const redact = (text: string): string => log?.redactor.redact(text) ?? text;
  const report = {
    version: programVersion,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    time: new Date(input.nowMs).toISOString(),
    command: input.command,
    error: chainOf(input.error).map(redact),
    log: log?.recent(logLines) ?? [],
  };
  const folder = join(dataFolder, 'reports');
  const file = join(folder, `report-${report.time.replace(/[:.]/g, '-')}.json`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
    const older = readdirSync(folder)
      .filter((name) => /^report-.*\.json$/.test(name))
      .sort();
    for (const name of older.slice(0, -reportsKept)) rmSync(join(folder, name), { force: true });
    return file;
  } catch {
    return undefined;
  }
}
