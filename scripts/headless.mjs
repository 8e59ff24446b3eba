/**
 * The command line on the pinned Node: from its bundle where that was made of the sources as they are, else from the
 * sources themselves. See docs/decisions/0009-headless-bundle.md.
 */
import { isAsRecorded } from './lib/file-record.mjs';
import { headlessBundle } from './lib/headless-bundle.mjs';

const { entry, name, result, sources } = headlessBundle;
await import(new URL(`../${isAsRecorded(name, sources, result) ? result : entry}`, import.meta.url).href);
