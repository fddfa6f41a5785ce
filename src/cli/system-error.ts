/** Errors of the operating system, in words. */

const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file'],
  ['ENOTDIR', 'no such file'],
  ['EISDIR', 'is a directory'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['ELOOP', 'too many symbolic links'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['EIO', 'the device reports an input/output error'],
  ['ENOSPC', 'no space is left'],
  ['EROFS', 'the file system is read-only'],
]);

/** What hinders reading; undefined for an error of another kind. */
export function whyNotRead(error: unknown): string | undefined {
  const code = codeOf(error);
  return code === undefined ? undefined : (MEANINGS.get(code) ?? `cannot be read (${code})`);
}

/** What hinders writing; undefined for an error of another kind. */
export function whyNotWritten(error: unknown): string | undefined {
  const code = codeOf(error);
  return code === undefined ? undefined : `cannot be written (${MEANINGS.get(code) ?? code})`;
}

/** The code of an error of the operating system. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
}
