/** The few colours of the command line. */

const codes = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;

/** Gives the text in a colour, or as it is where there are none. */
export function paint(color: keyof typeof codes, text: string, isOn: boolean): string {
  return isOn ? `\u001b[${codes[color]}m${text}\u001b[0m` : text;
}
