/** The switches burnt into the packaged Electron: what an attacker on the machine could otherwise turn on. */
import { FuseV1Options, FuseVersion } from '@electron/fuses';

/** Every fuse is named: a new Electron with one more fuse fails the packaging until someone decides. */
export const fuses = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: /** @type {const} */ (true),
  // No running as plain Node with the application's rights and its access to the keychain.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  // Only the code we packed, and unchanged.
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.EnableCookieEncryption]: true,
  // Pages come from our own scheme, never from file:.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // One V8 snapshot for all processes: we ship no other.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // WebAssembly bounds checks by the processor, as Electron ships it.
  [FuseV1Options.WasmTrapHandlers]: true,
};
