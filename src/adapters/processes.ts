/** Other processes of this machine. */

/** True when a process of this id lives; false for what is no id. */
export function isAlive(processId: number): boolean {
  if (!(processId > 0)) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: it lives, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
