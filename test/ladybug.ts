import { optionalPackage } from '../src/graphs/databases/install.ts';

interface Package {
  readonly Database: new (path: string, ...settings: unknown[]) => { close(): Promise<void> };
  readonly Connection: new (
    database: object,
  ) => {
    query(text: string): Promise<{ getAll(): Promise<Record<string, unknown>[]>; close(): void }>;
    close(): Promise<void>;
  };
}

/**
 * LadybugDB, from the file that chainrule loads. An install script copies the binary into `@ladybugdb/core`, and a process
 * that loads both copies crashes.
 */
export const ladybug = (): Package =>
  optionalPackage(['@ladybugdb/core', `@ladybugdb/core-${process.platform}-${process.arch}`], 'a test');
