/** The property tests of these files with all cases; `npm test` runs a fifth of them. */
import '../../src/data/read/csv/csv.test.ts';
import '../../src/explain/check.test.ts';
import '../../src/explain/lines/lines.test.ts';
import '../../src/explain/render/render.test.ts';
import '../../src/explain/variable.test.ts';
