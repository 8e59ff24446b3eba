/** A failure whose message tells the person what to do; everything else is a bug and keeps its stack. */
export class SetupError extends Error {
  /** @param {string} message @param {number} exitCode as in the command line's contract: 2 input, 5 network */
  constructor(message, exitCode) {
    super(message);
    this.name = 'SetupError';
    this.exitCode = exitCode;
  }
}
