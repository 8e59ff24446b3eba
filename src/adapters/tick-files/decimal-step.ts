/** The distance between prices (tick) or sizes (lot) as an exact decimal, found from the numbers themselves. */

/** `mantissa / 10^decimals`, exactly; the mantissa is a whole number above zero. */
export interface Step {
  readonly mantissa: number;
  readonly decimals: number;
}

/** More digits behind the point than a price or a size has. */
const decimalsMaximum = 18;

/** Numbers as whole multiples of a step. */
export interface Stepped {
  readonly step: Step;
  readonly units: Float64Array;
}

/** Gives a step as the decimal that it is, such as `0.05`. */
export function stepText({ mantissa, decimals }: Step): string {
  const digits = String(mantissa).padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Gives a step as a number. */
export function stepNumber({ mantissa, decimals }: Step): number {
  return mantissa / 10 ** decimals;
}

/**
 * Gives the coarsest step that all values, above zero, are whole multiples of. Digits are those of the shortest text of
 * each double: what a file wrote, up to 15 digits. Undefined when they span more digits than a double holds.
 */
export function inferStep(values: readonly number[]): Stepped | undefined {
  let decimals = 0;
  for (const value of values) {
    while (decimals < decimalsMaximum && Math.round(value * 10 ** decimals) / 10 ** decimals !== value)
      decimals += 1;
  }
  const power = 10 ** decimals;
  const units = Float64Array.from(values, (value) => Math.round(value * power));
  let divisor = 0;
  for (const unit of units) {
    if (!Number.isSafeInteger(unit)) return undefined;
    if (divisor !== 1) divisor = greatestDivisor(divisor, unit);
  }
  if (divisor > 1)
    for (let row = 0; row < units.length; row += 1) units[row] = (units[row] as number) / divisor;
  return { step: shortest({ mantissa: Math.max(1, divisor), decimals }), units };
}

/** Gives the step of two and how many of it each of them is. */
export function commonStep(
  left: Step,
  right: Step,
): { readonly step: Step; readonly factors: [number, number] } {
  const decimals = Math.max(left.decimals, right.decimals);
  const first = left.mantissa * 10 ** (decimals - left.decimals);
  const second = right.mantissa * 10 ** (decimals - right.decimals);
  const divisor = greatestDivisor(first, second);
  return {
    step: shortest({ mantissa: divisor, decimals }),
    factors: [first / divisor, second / divisor],
  };
}

function greatestDivisor(left: number, right: number): number {
  let [larger, smaller] = [left, right];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

function shortest({ mantissa, decimals }: Step): Step {
  let [digits, places] = [mantissa, decimals];
  while (places > 0 && digits % 10 === 0) {
    digits /= 10;
    places -= 1;
  }
  return { mantissa: digits, decimals: places };
}
