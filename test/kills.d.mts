export function killAndResume(options: {
  kills: number;
  seed?: number;
  epochs?: number;
  tell?: (line: string) => void;
}): Promise<{ kills: number; runs: number; resumed: number; time: number }>;
