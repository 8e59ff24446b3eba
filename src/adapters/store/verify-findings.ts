/** What verification finds: counted identities and problems in words, bounded. */

/** Problems told one by one; more are counted. */
const problemsMax = 200;

export class Findings {
  checked = 0;
  failed = 0;
  duplicates = 0;
  lostFills = 0;
  private readonly listed: string[] = [];
  private unlisted = 0;

  /** Counts an identity; says what is wrong when it does not hold. */
  check(holds: boolean, message: () => string): void {
    this.checked += 1;
    if (holds) return;
    this.failed += 1;
    this.problem(message());
  }

  /** Notes something sent or booked twice: it is an identity that failed, too. */
  duplicate(message: string): void {
    this.duplicates += 1;
    this.check(false, () => message);
  }

  /** Notes a fill the venue has and the journal will never have. */
  lostFill(message: string): void {
    this.lostFills += 1;
    this.check(false, () => message);
  }

  problems(): string[] {
    return this.unlisted === 0 ? [...this.listed] : [...this.listed, `… and ${this.unlisted} more problems`];
  }

  private problem(message: string): void {
    if (this.listed.length < problemsMax) this.listed.push(message);
    else this.unlisted += 1;
  }
}
