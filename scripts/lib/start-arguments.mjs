/** Reads just enough of the command line to tell "open the terminal" from everything else. */

/** Global flags that are followed by their value. */
const flagsWithValue = new Set([
  '--data',
  '--config',
  '--log-level',
  '--color',
  '--port',
  '--speed',
  '--seed',
  '--for',
  '--sim-for',
]);

/** Flags that ask for something else than the terminal's window. */
const flagsWithoutWindow = new Set(['--no-ui', '--help', '-h', '--version', '-V', '--serve']);

/**
 * True when the arguments name no command and no flag that replaces the window.
 * @param {readonly string[]} args
 */
export function opensTerminal(args) {
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (flagsWithoutWindow.has(arg)) return false;
    if (flagsWithValue.has(arg)) index += 1;
    else if (!arg.startsWith('-')) return false;
  }
  return true;
}
