/** electron-builder's hook between packing and signing: burns the fuses. */
import { fuses } from './fuses.mjs';

/** @param {import('electron-builder').AfterPackContext} context */
export async function afterPack(context) {
  await context.packager.addElectronFuses(context, fuses);
}

export default afterPack; // tidy-ok: electron-builder calls the default export
