/** Text that must not appear, and what to use instead. */
import { type Finding, lineAt, type SourceFile, type TextFile, withoutExcused } from './source.ts';

interface Ban {
  readonly pattern: RegExp;
  readonly instead: string;
  /** Files the ban holds in, by path from the root. */
  readonly where: (file: string) => boolean;
}

const isCore = (file: string): boolean => /^src\/(shared|engine|strategies)\//.test(file);
const isEngine = (file: string): boolean => /^src\/(engine|strategies)\//.test(file);
const clock = 'use the clock port: the time of the event being processed';
const timer = 'schedule a timer through the clock port';

/** Bans on code; comments and strings may say these words. */
const codeBans: readonly Ban[] = [
  { pattern: /\bDate\s*\.\s*now\b/g, instead: clock, where: isCore },
  { pattern: /\bnew\s+Date\s*(?:\(\s*\)|(?![\w\s(]))/g, instead: clock, where: isCore },
  { pattern: /(?<![.\w])Date\s*\(\s*\)/g, instead: clock, where: (file) => isCore(file) },
  { pattern: /\bperformance\s*\.\s*now\b/g, instead: clock, where: isCore },
  { pattern: /\bMath\s*\.\s*random\b/g, instead: 'use the seeded random source', where: isCore },
  { pattern: /(?<![.\w])(?:set|clear)(?:Timeout|Interval|Immediate)\s*\(/g, instead: timer, where: isCore },
  { pattern: /\bqueueMicrotask\s*\(/g, instead: 'the engine is synchronous: emit a command', where: isCore },
  {
    pattern: /(?<![.\w])crypto\s*\./g,
    instead: 'use a pure hash, or take ids from the caller',
    where: isCore,
  },
  {
    pattern: /\basync\s|\bawait\s|\bPromise\b/g,
    instead: 'the engine is synchronous: emit a command, take the result as an event',
    // The ports only describe what adapters outside the engine do.
    where: (file) => isEngine(file) && !/^src\/engine\/ports(\/|\.ts$)/.test(file),
  },
  {
    pattern: /(?<![.\w])console\s*\./g,
    instead: 'use the log port; only src/headless/output writes to the terminal',
    where: (file) => file.startsWith('src/') && !/^src\/headless\/output(\/|\.ts$|-)/.test(file),
  },
  {
    pattern: /\bipcMain\b/g,
    instead: 'register the method through the validated wrapper in src/main/ipc/validated.ts',
    where: (file) => file.startsWith('src/') && file !== 'src/main/ipc/validated.ts',
  },
];

/** Bans on the whole text of any file, comments and strings too. */
const textBans: readonly Ban[] = [
  {
    pattern: /\b(?:TODO|FIXME|XXX)\b/g, // tidy-ok: the words looked for
    instead: 'do it now, or write it down where work is planned',
    where: () => true,
  },
  {
    pattern: /(?<![\w.:/~-])\/(?:work|root|tmp\/n|home\/[\w-]+|Users\/[\w-]+)\//g,
    instead: 'write a path relative to the repository, or read it from the environment',
    where: () => true,
  },
  {
    pattern: /\b[A-Z]:\\{1,2}Users\\/g,
    instead: 'write a path relative to the repository, or read it from the environment',
    where: () => true,
  },
  {
    pattern: /https?:\/\/[^\s"'`]*(?:registry\.|artifactory|nexus\.|verdaccio)[^\s"'`]*/g,
    instead: "name no package registry: each machine's own settings do",
    where: () => true,
  },
  {
    pattern: /"resolved":\s*"https?:/g,
    instead: 'lock names and checksums only: .npmrc has omit-lockfile-registry-resolved',
    where: (file) => file === 'package-lock.json',
  },
];

const find = (text: string, searched: string, file: string, bans: readonly Ban[]): Finding[] =>
  bans
    .filter((ban) => ban.where(file))
    .flatMap((ban) =>
      [...searched.matchAll(ban.pattern)].map((match) => ({
        file,
        line: lineAt(text, match.index),
        message: `"${match[0].trim()}": ${ban.instead}`,
      })),
    );

/** Banned calls and names in one source file. */
export const bannedInCode = (source: SourceFile): Finding[] =>
  withoutExcused(source.text, find(source.text, source.code, source.file, codeBans));

/** Banned words, machine paths and registry hosts in one text file. */
export const bannedInText = ({ file, text }: TextFile): Finding[] =>
  withoutExcused(text, find(text, text, file, textBans));
