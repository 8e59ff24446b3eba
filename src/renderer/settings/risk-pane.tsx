/** Risk limits with what is used of them now. */

import { useState } from 'react';
import type { RiskView } from '../../shared/api/views.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { formatDecimal } from '../format/decimal-text.ts';
import { useQuery } from '../store/hooks.ts';
import { notify } from '../store/notices.ts';
import { act, market } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { Field, Input } from '../ui/field.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { type LimitTexts, limitFields, limitProblem, limitsOfTexts, textsOfLimits } from './risk-limits.ts';

/** Gives used over limit in whole percent, at most 100; 0 without a limit. */
export function usedPercent(used: string, limit: string): number {
  const most = Decimal.parse(limit);
  if (!most.isPositive) return 0;
  return Math.min(100, Decimal.parse(used).absolute().timesInteger(100).dividedBy(most, 0, 'up').toNumber());
}

function Gauge({
  label,
  used,
  limit,
}: {
  readonly label: string;
  readonly used: string;
  readonly limit: string;
}) {
  const percent = usedPercent(used, limit);
  const tone = percent >= 90 ? 'bg-danger' : percent >= 70 ? 'bg-warn' : 'bg-accent';
  return (
    <div className="rounded-md border border-line p-2.5">
      <div className="flex justify-between text-sm">
        <span className="text-muted">{label}</span>
        <span className="num">
          {formatDecimal(used, { places: used.includes('.') ? 2 : 0 })} of {formatDecimal(limit)}
        </span>
      </div>
      <div className="mt-1.5 h-1.5 overflow-hidden rounded-full bg-line">
        <div className={`h-full ${tone}`} style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}

export function RiskPane() {
  const { value, failure, retry } = useQuery('risk/show', {}, ['risk', 'status']);
  if (value === null)
    return failure === null ? (
      <SkeletonRows />
    ) : (
      <ErrorState title="Risk could not be read" failure={failure} onRetry={retry} />
    );
  return <RiskForm risk={value} />;
}

function RiskForm({ risk }: { readonly risk: RiskView }) {
  const [edited, setEdited] = useState<LimitTexts | null>(null);
  const texts = edited ?? textsOfLimits(risk.limits);
  const problems = limitFields.filter((field) => limitProblem(field, texts[field.name]) !== null);
  const save = async (): Promise<void> => {
    const saved = await act('Set limits', 'risk/set-limits', { limits: limitsOfTexts(texts) }, ['risk']);
    if (saved === null) return;
    setEdited(null);
    notify({ level: 'good', title: 'Risk limits are set', detail: '', timeMs: market.nowMs(), toast: true });
  };
  return (
    <div className="flex flex-col gap-4">
      <div className="grid grid-cols-2 gap-2">
        {Object.entries(risk.exposure).map(([currency, used]) => (
          <Gauge
            key={currency}
            label={`Worst-case exposure ${currency}`}
            used={used}
            limit={risk.limits.totalExposureMax}
          />
        ))}
        <Gauge
          label="Open orders"
          used={String(risk.openOrders)}
          limit={String(risk.limits.openOrdersTotalMax)}
        />
      </div>
      <div className="grid grid-cols-2 gap-x-4 gap-y-3" data-testid="risk-limits">
        {limitFields.map((field) => (
          <Field
            key={field.name}
            id={`limit-${field.name}`}
            label={field.label}
            help={field.help}
            error={limitProblem(field, texts[field.name]) ?? undefined}
            aside={field.help}
          >
            <Input
              id={`limit-${field.name}`}
              isNumber
              unit={field.unit}
              value={texts[field.name]}
              isWrong={limitProblem(field, texts[field.name]) !== null}
              onChange={(event) => setEdited({ ...texts, [field.name]: event.target.value })}
              data-testid={`limit-${field.name}`}
            />
          </Field>
        ))}
      </div>
      <div className="flex gap-2">
        <Button
          variant="primary"
          disabled={edited === null || problems.length > 0}
          onClick={() => void save()}
          data-testid="risk-save"
        >
          Set limits
        </Button>
        <Button disabled={edited === null} onClick={() => setEdited(null)}>
          Undo
        </Button>
      </div>
    </div>
  );
}
