/** Money and other figures: one component, tabular digits, colour by sign where asked. */

import { signOf } from '../format/decimal-text.ts';
import { classes } from './classes.ts';

/** Gives the colour class of a value's sign. */
export function signColour(text: string | null | undefined): string {
  const sign = signOf(text);
  return sign > 0 ? 'text-up' : sign < 0 ? 'text-down' : '';
}

/** A figure that is already text; `sign` is the raw value whose sign colours it. */
export function Num({
  children,
  sign,
  className,
  title,
}: {
  readonly children: string;
  readonly sign?: string | null;
  readonly className?: string;
  readonly title?: string;
}) {
  return (
    <span className={classes('num', sign === undefined ? '' : signColour(sign), className)} title={title}>
      {children}
    </span>
  );
}
