export const kindNames: readonly string[];
export const writerNames: readonly string[];
export function killAndResume(options: {
  kills: number;
  seed?: number;
  epochs?: number;
  names?: readonly string[];
  tell?: (line: string) => void;
}): Promise<{ kills: number; runs: number; resumed: number }>;
export function killWriters(options: {
  kills: number;
  seed?: number;
  names?: readonly string[];
  tell?: (line: string) => void;
}): Promise<{ old: number; new: number }>;
