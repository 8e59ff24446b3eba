/** The neighbours of a setting: a small bar picture for each parameter, and the map of the two that matter most. */

import { Button } from '../ui/button.tsx';
import { factorText, percentText } from './figures.ts';
import { HeatGrid } from './heat-map.tsx';
import { Block } from './small-parts.tsx';

/** What the job gives. */
export interface SensitivityResult {
  readonly trial: number;
  readonly values: Readonly<Record<string, string | number | boolean>>;
  readonly objective: string;
  readonly goal: 'maximise' | 'minimise';
  readonly base: number;
  readonly plateau: number | null;
  /** Absent in results of older versions. */
  readonly notes?: readonly string[] | undefined;
  readonly lines: readonly {
    readonly parameter: string;
    readonly spread: number | null;
    readonly points: readonly {
      readonly value: string | number | boolean;
      readonly objective: number | null;
    }[];
  }[];
  readonly map: {
    readonly across: string;
    readonly down: string;
    readonly acrossValues: readonly (string | number | boolean)[];
    readonly downValues: readonly (string | number | boolean)[];
    readonly objectives: readonly (readonly (number | null)[])[];
  } | null;
}

/** What the share of good neighbours says. */
export function plateauWords(share: number | null): string {
  if (share === null) return 'There is no score to compare with.';
  if (share >= 0.7)
    return 'A plateau: most neighbours do about as well; the result does not hang on one exact setting.';
  if (share >= 0.35)
    return 'Mixed: part of the neighbours do much worse. Prefer the middle of the good region.';
  return 'A needle: nearly all neighbours do much worse. Do not trust this setting.';
}

export function Sensitivity({
  result,
  labelOf,
  onClose,
}: {
  readonly labelOf: (parameter: string) => string;
  readonly result: SensitivityResult;
  readonly onClose: () => void;
}) {
  return (
    <Block
      title={`Around trial ${result.trial}: ${percentText(result.plateau, false, 0)} of the neighbours hold up`}
      aside={
        <Button size="sm" variant="ghost" icon="close" onClick={onClose}>
          Close
        </Button>
      }
      testId="sensitivity"
    >
      <p className="px-3 pt-2 text-sm text-muted">{plateauWords(result.plateau)}</p>
      {(result.notes ?? []).map((note) => (
        <p key={note} className="px-3 pt-1 text-sm text-warn">
          {note}
        </p>
      ))}
      <div className="flex flex-wrap items-start gap-4 p-3">
        {result.lines.map((line) => (
          <div key={line.parameter} className="w-44">
            <p className="truncate text-xs font-medium">{labelOf(line.parameter)}</p>
            <Bars
              line={line}
              label={labelOf(line.parameter)}
              current={result.values[line.parameter]}
              goal={result.goal}
            />
          </div>
        ))}
        {result.map === null ? null : (
          <HeatGrid
            across={labelOf(result.map.across)}
            down={labelOf(result.map.down)}
            isMaximised={result.goal === 'maximise'}
            cells={{
              across: result.map.acrossValues.map(String),
              down: result.map.downValues.map(String),
              values: result.map.objectives,
            }}
          />
        )}
      </div>
    </Block>
  );
}

function Bars({
  line,
  label,
  current,
  goal,
}: {
  readonly line: SensitivityResult['lines'][number];
  readonly label: string;
  readonly current: string | number | boolean | undefined;
  readonly goal: 'maximise' | 'minimise';
}) {
  const known = line.points.flatMap(({ objective }) => (objective === null ? [] : [objective]));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const size = (value: number): number => {
    const share = high === low ? 1 : (value - low) / (high - low);
    return 6 + (goal === 'maximise' ? share : 1 - share) * 46;
  };
  return (
    <div className="mt-1 flex h-[72px] items-end gap-0.5">
      {line.points.map(({ value, objective }) => (
        <div
          key={String(value)}
          className="flex min-w-0 flex-1 flex-col items-center justify-end gap-0.5"
          title={`${label} ${String(value)}: ${objective === null ? 'no score' : factorText(objective)}`}
        >
          <span
            className={value === current ? 'w-full rounded-sm bg-accent' : 'w-full rounded-sm bg-line-strong'}
            style={{ height: objective === null ? 2 : size(objective) }}
          />
          <span className="num w-full truncate text-center text-2xs text-muted">{String(value)}</span>
        </div>
      ))}
    </div>
  );
}
