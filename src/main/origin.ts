/** Whose page it is: our own scheme and host, or, in development only, the page server on this machine. */

export const appScheme = 'app';
export const appHost = 'sextant';
/** Address of the terminal's page. */
export const pageAddress = `${appScheme}://${appHost}/index.html`;

/** The pages this program trusts. */
export interface PageOrigin {
  /** Address the window loads. */
  readonly address: string;
  /** Origin of the development server; null in every packaged program. */
  readonly developmentOrigin: string | null;
  /** Whether the developer tools may be opened: never in a packaged program. */
  readonly hasDeveloperTools: boolean;
}

const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Gives the trusted pages. The development server counts only where the program is not packaged, and only on
 * loopback: a packaged program cannot be led to another page by an environment variable.
 */
export function choosePages(
  environment: Readonly<Record<string, string | undefined>>,
  isPackaged: boolean,
): PageOrigin {
  const own: PageOrigin = {
    address: pageAddress,
    developmentOrigin: null,
    hasDeveloperTools: !isPackaged,
  };
  const named = environment['ELECTRON_RENDERER_URL'];
  if (isPackaged || named === undefined || !URL.canParse(named)) return own;
  const url = new URL(named);
  if (url.protocol !== 'http:' || !loopbackHosts.has(url.hostname)) return own;
  return { ...own, address: url.href, developmentOrigin: url.origin };
}

/** Whether an address is one of our pages. Compared part by part: a prefix would also match `app://sextant.evil`. */
export function isOwnPage(address: string, { developmentOrigin }: PageOrigin): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') return false;
  if (developmentOrigin !== null && url.origin === developmentOrigin) return true;
  return url.protocol === `${appScheme}:` && url.hostname === appHost && url.port === '';
}

/** Gives an address without path and query, for the log. */
export function originForLog(address: string | undefined): string {
  if (address === undefined || address === '') return 'none';
  if (!URL.canParse(address)) return 'unreadable';
  const { protocol, host } = new URL(address);
  return host === '' ? protocol : `${protocol}//${host}`.slice(0, 200);
}
