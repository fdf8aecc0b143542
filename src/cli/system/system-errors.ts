/** Errors of the operating system in words: the reason, and what would fix it. */

interface Words {
  readonly reason: string;
  /** The fix as part of a sentence: without a capital letter and a full stop. */
  readonly fix: string;
}

const permission = 'allow this user to write there';

const words: Readonly<Record<string, Words>> = {
  ENOENT: { reason: 'the folder does not exist', fix: 'create the folder again' },
  ENOTDIR: { reason: 'a part of the path is a file, not a folder', fix: 'move that file away' },
  EACCES: { reason: 'permission is denied', fix: permission },
  EPERM: { reason: 'the system does not permit it', fix: permission },
  EROFS: { reason: 'the file system is read-only', fix: 'mount it for writing' },
  ENOSPC: { reason: 'the disk is full', fix: 'free some space' },
  EDQUOT: { reason: 'the disk quota is used up', fix: 'free some space' },
  EFBIG: {
    reason: 'the file is larger than the limit on files',
    fix: 'raise the limit on the size of files (ulimit -f)',
  },
  EISDIR: { reason: 'it is a folder', fix: 'move the folder away' },
  EEXIST: { reason: 'a file of that name is in the way', fix: 'move that file away' },
  ENOTEMPTY: { reason: 'a folder of that name is in the way', fix: 'move that folder away' },
  ENAMETOOLONG: { reason: 'the name is too long', fix: 'choose a shorter name' },
  ELOOP: { reason: 'its symbolic links form a cycle', fix: 'remove the cycle of links' },
  EBUSY: { reason: 'the system is using it', fix: 'close the program that uses it' },
  ETXTBSY: { reason: 'it is a program that is running', fix: 'end that program' },
  EIO: { reason: 'the device reports an error', fix: 'check the disk or the connection' },
  ESTALE: { reason: 'the network folder has changed on its server', fix: 'mount the network folder again' },
  EMFILE: { reason: 'this process has too many files open', fix: 'raise the limit on open files (ulimit -n)' },
  ENFILE: { reason: 'the system has too many files open', fix: 'end other programs' },
  ENXIO: { reason: 'nothing reads from it', fix: 'start its reader' },
  EPIPE: { reason: 'its reader has ended', fix: 'start its reader again' },
  ERR_ACCESS_DENIED: { reason: "Node's --permission does not allow it", fix: 'add --allow-fs-write for that folder' },
};

const codeOf = (error: unknown): string => (error as { code?: string } | undefined)?.code ?? '';

/** Why a system call failed. */
export const reasonOf = (error: unknown): string => words[codeOf(error)]?.reason ?? (error as Error).message;

/** How to fix the cause of a failed system call: "free some space". */
export const fixOf = (error: unknown): string => words[codeOf(error)]?.fix ?? 'fix that';

export const isCode = (error: unknown, ...codes: readonly string[]): boolean => codes.includes(codeOf(error));
