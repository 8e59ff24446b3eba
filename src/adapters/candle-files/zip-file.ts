/** Unpacks the one file of a zip archive in memory: archives of exchanges hold one CSV each (APPNOTE.TXT, 4.3). */

import { crc32, inflateRawSync } from 'node:zlib';
import { DataFileError } from './data-file-error.ts';

const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
/** An end record with the longest comment. */
const endBytesMaximum = 22 + 65_535;
const unpackedMaximumBytes = 1024 * 1024 * 1024;

/** Gives the only file of an archive. Throws `DataFileError` when it is cut, damaged, or holds several. */
export function unzipSingle(path: string, archive: Buffer): Buffer {
  const damaged = (reason: string): DataFileError =>
    new DataFileError({ code: 'damaged', path, reason, hint: 'Copy or download the file again.' });
  let end = archive.length - 22;
  const first = Math.max(0, archive.length - endBytesMaximum);
  while (end >= first && archive.readUInt32LE(end) !== endSignature) end -= 1;
  if (end < first) {
    throw new DataFileError({
      code: 'truncated',
      path,
      reason: 'the zip data ends too early',
      hint: 'Copy or download the file again.',
    });
  }
  try {
    if (archive.readUInt16LE(end + 10) !== 1) {
      throw new DataFileError({
        code: 'unknown-format',
        path,
        reason: 'there is not exactly one file in the zip archive',
        hint: 'Unpack it and import the files one by one.',
      });
    }
    const entry = archive.readUInt32LE(end + 16);
    if (archive.readUInt32LE(entry) !== centralSignature) throw damaged('its directory is cut');
    const header = archive.readUInt32LE(entry + 42);
    const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
    const packed = archive.subarray(start, start + archive.readUInt32LE(entry + 20));
    const isStored = archive.readUInt16LE(entry + 10) === 0;
    const bytes = isStored ? packed : inflateRawSync(packed, { maxOutputLength: unpackedMaximumBytes });
    if (crc32(bytes) !== archive.readUInt32LE(entry + 16)) throw damaged('its check sum is wrong');
    return bytes;
  } catch (error) {
    if (error instanceof DataFileError) throw error;
    throw damaged(`the zip data is damaged (${(error as Error).message})`);
  }
}
