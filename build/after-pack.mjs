/** electron-builder's hook between packing and signing: burns the fuses. */
import { join } from 'node:path';
import { flipFuses } from '@electron/fuses';
import { fuses } from './fuses.mjs';

/**
 * electron-builder's own helper brings an older fuse library that does not know every fuse of this Electron, so
 * the library is called directly.
 * @param {import('electron-builder').AfterPackContext} context
 */
export async function afterPack(context) {
  const { appOutDir, electronPlatformName, packager } = context;
  const { productFilename } = packager.appInfo;
  /** @type {Record<string, string>} */
  const programs = {
    darwin: `${productFilename}.app`,
    win32: `${productFilename}.exe`,
    linux: 'sextant', // executableName in electron-builder.yml
  };
  const program = programs[electronPlatformName];
  if (program === undefined) throw new Error(`No known Electron program for ${electronPlatformName}`);
  await flipFuses(join(appOutDir, program), fuses);
}

export default afterPack; // tidy-ok: electron-builder calls the default export
