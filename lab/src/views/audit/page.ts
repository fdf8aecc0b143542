/** What each of the three pages gets. */
import type { Lab } from '../../state/lab.ts';
import type { AuditSettings } from './settings.ts';

export interface PageProps {
  readonly lab: Lab;
  readonly settings: AuditSettings;
  readonly change: (part: Partial<AuditSettings>) => void;
}
