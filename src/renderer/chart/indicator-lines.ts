/** Indicator lines over the bars a chart holds. For the eye only: strategies use the engine's own indicators. */

export interface IndicatorChoice {
  readonly id: string;
  readonly label: string;
  readonly colour: string;
  /** Bars needed before the first value that can be trusted. */
  readonly warmUp: number;
  readonly compute: (closes: Float64Array) => Float64Array;
}

/** Exponential moving average, started from the simple average of the first `period` bars; NaN before. */
export function exponentialAverage(closes: Float64Array, period: number): Float64Array {
  const out = new Float64Array(closes.length).fill(Number.NaN);
  if (closes.length < period) return out;
  let value = 0;
  for (let at = 0; at < period; at += 1) value += closes[at] as number;
  value /= period;
  out[period - 1] = value;
  const weight = 2 / (period + 1);
  for (let at = period; at < closes.length; at += 1) {
    value += weight * ((closes[at] as number) - value);
    out[at] = value;
  }
  return out;
}

/** Simple moving average plus `deviations` population standard deviations; NaN before the first full period. */
export function bollingerLine(closes: Float64Array, period: number, deviations: number): Float64Array {
  const out = new Float64Array(closes.length).fill(Number.NaN);
  for (let end = period; end <= closes.length; end += 1) {
    let sum = 0;
    for (let at = end - period; at < end; at += 1) sum += closes[at] as number;
    const mean = sum / period;
    let squares = 0;
    for (let at = end - period; at < end; at += 1) squares += ((closes[at] as number) - mean) ** 2;
    out[end - 1] = mean + deviations * Math.sqrt(squares / period);
  }
  return out;
}

/** Every indicator the chart offers. */
export const indicatorChoices: readonly IndicatorChoice[] = [
  {
    id: 'ema20',
    label: 'EMA 20',
    colour: '#f5b041',
    warmUp: 120,
    compute: (closes) => exponentialAverage(closes, 20),
  },
  {
    id: 'ema50',
    label: 'EMA 50',
    colour: '#5b8def',
    warmUp: 300,
    compute: (closes) => exponentialAverage(closes, 50),
  },
  {
    id: 'ema200',
    label: 'EMA 200',
    colour: '#b07be0',
    warmUp: 1000,
    compute: (closes) => exponentialAverage(closes, 200),
  },
  {
    id: 'bb-upper',
    label: 'Bollinger 20 +2σ',
    colour: '#7d8797',
    warmUp: 20,
    compute: (closes) => bollingerLine(closes, 20, 2),
  },
  {
    id: 'bb-lower',
    label: 'Bollinger 20 −2σ',
    colour: '#7d8797',
    warmUp: 20,
    compute: (closes) => bollingerLine(closes, 20, -2),
  },
];
