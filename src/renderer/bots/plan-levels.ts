/** How a plan, and a running bot's ladder, look on the chart. Pure: texts in, levels out. */

import type { LadderRowView, PlanView } from '../../shared/api/views.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { ChartLevel, LevelTone } from '../chart/levels-primitive.ts';
import { formatDecimal, formatRate } from '../format/decimal-text.ts';

type PlanLine = PlanView['lines'][number];

const lineTones: Record<PlanLine['role'], LevelTone> = {
  trigger: 'accent',
  stop: 'danger',
  'take-profit': 'up',
  average: 'warn',
  'break-even': 'muted',
  range: 'accent',
  liquidation: 'danger',
};

const canonical = (price: string): string | null => {
  try {
    return Decimal.parse(price).toString();
  } catch {
    return null;
  }
};

/**
 * Gives the levels of a plan: orders in the colour of their side, dashed while they wait, and the plan's own lines.
 * A line where a handle can be dragged is left to the handle.
 */
export function levelsOfPlan(
  plan: PlanView,
  quantityPlaces: number,
  draggedPrices: readonly string[] = [],
): ChartLevel[] {
  const dragged = new Set(draggedPrices.map(canonical));
  const orders = plan.levels
    .filter((level) => canonical(level.price) !== null)
    .map<ChartLevel>((level) => ({
      key: level.key,
      price: Number(level.price),
      tone: level.side === 'buy' ? 'up' : 'down',
      label: `${level.side} ${formatDecimal(level.quantity, { places: quantityPlaces })}${level.netProfitRate === undefined ? '' : ` ${formatRate(level.netProfitRate, 2, true)}`}`,
      look: level.restsNow ? 'solid' : 'dashed',
      isStrong: false,
    }));
  const lines = plan.lines
    .filter((line) => canonical(line.price) !== null)
    .map<ChartLevel>((line) => ({
      key: `line ${line.role} ${line.label}`,
      price: Number(line.price),
      tone: lineTones[line.role],
      label: dragged.has(canonical(line.price)) ? '' : line.label,
      look: line.role === 'range' ? 'solid' : 'dotted',
      isStrong: line.role !== 'break-even',
    }));
  return [...orders, ...lines];
}

/** Gives the levels of a running bot: solid where the order rests, dotted and grey where it is missing. */
export function levelsOfLadder(ladder: readonly LadderRowView[], quantityPlaces: number): ChartLevel[] {
  return ladder.map((row) => ({
    key: row.key,
    price: Number(row.actual?.price ?? row.actual?.triggerPrice ?? row.plannedPrice),
    tone: row.actual === null ? 'muted' : row.side === 'buy' ? 'up' : 'down',
    label:
      row.actual === null
        ? `missing ${row.side}`
        : `${row.side} ${formatDecimal(row.actual.quantity, { places: quantityPlaces })}`,
    look: row.actual === null ? 'dotted' : 'solid',
    isStrong: false,
  }));
}

/** Gives the plan's violations by the field to change, and those that belong to no field shown. */
export function violationsByField(
  plan: PlanView | null,
  fieldNames: readonly string[],
): { byField: ReadonlyMap<string, PlanView['violations'][number]>; others: PlanView['violations'] } {
  const byField = new Map<string, PlanView['violations'][number]>();
  const others: PlanView['violations'] = [];
  for (const violation of plan?.violations ?? []) {
    const { field } = violation;
    if (field === undefined || !fieldNames.includes(field)) others.push(violation);
    else if (byField.get(field)?.severity !== 'error') byField.set(field, violation);
  }
  return { byField, others };
}

/** True when nothing in the plan blocks the start. */
export function mayStart(plan: PlanView | null): boolean {
  return plan?.violations.every((violation) => violation.severity !== 'error') ?? false;
}

/** Gives the ladder by price, highest first: as it lies on the chart. */
export function sortedLadder(ladder: readonly LadderRowView[]): LadderRowView[] {
  return [...ladder].sort((left, right) =>
    Decimal.parse(right.plannedPrice).compare(Decimal.parse(left.plannedPrice)),
  );
}

/** Gives the distance of a price from the reference as a fraction text, signed, or null without a reference. */
export function distanceRate(price: string, reference: string): string | null {
  const [at, from] = [canonical(price), canonical(reference)];
  if (at === null || from === null || !Decimal.parse(from).isPositive) return null;
  return Decimal.parse(at).minus(Decimal.parse(from)).dividedBy(Decimal.parse(from), 6).toString();
}

/** Gives planned orders highest price first: as they lie on the chart. What has no price comes first. */
export function byPrice(levels: PlanView['levels']): PlanView['levels'] {
  const price = (level: PlanView['levels'][number]): number => {
    const text = canonical(level.price);
    return text === null ? Number.POSITIVE_INFINITY : Number(text);
  };
  return [...levels].sort((left, right) => price(right) - price(left));
}
