/** Progress of set-up on standard error: one line when a step starts, one every few seconds, one at its end. */

const noteEveryMs = 5000;

/** Writes one line to standard error, so that standard output stays free for data. @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Starts numbered step `index` of `count`. `note` keeps the latest thing a child process said; it is shown with
 * the seconds so far every five seconds, so that a long step is visibly alive.
 * @param {number} index @param {number} count @param {string} name @param {string} what
 */
export function startStep(index, count, name, what) {
  const startedMs = Date.now();
  const label = `[${index}/${count}] ${name}`;
  const seconds = () => ((Date.now() - startedMs) / 1000).toFixed(1);
  let latest = '';
  say(`${label}: ${what}`);
  const timer = setInterval(() => say(`${label}: ${seconds()} s${latest ? `, ${latest}` : ''}`), noteEveryMs);
  timer.unref();
  return {
    /** @param {string} text */
    note(text) {
      latest = text.trim().slice(0, 80);
    },
    done() {
      clearInterval(timer);
      say(`${label}: done in ${seconds()} s`);
    },
    failed() {
      clearInterval(timer);
      say(`${label}: failed after ${seconds()} s`);
    },
  };
}
