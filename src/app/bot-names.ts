/** Names of bots: each its own, so that lists, charts and messages say which bot they mean. */

import { nameLengthMax } from '../shared/api/primitives.ts';

/**
 * Gives a name that none of the others has, by a number behind it: a second `Grid BTC/USDT` is `Grid BTC/USDT 2`. Names are
 * compared to the letter, as where a configured bot is looked for by its name.
 */
export function ownName(wanted: string, others: Iterable<string>): string {
  const taken = new Set(others);
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) {
    const behind = ` ${number}`;
    // A name that a person could not give could not be edited either.
    name = `${wanted.slice(0, nameLengthMax - behind.length)}${behind}`;
  }
  return name;
}
