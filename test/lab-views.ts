/** The views of the lab, each with an element that shows that it is ready, and a text that shows that it can be used. */
export const labViews = [
  ['step', '.step-current math', /Next line/],
  ['playground', 'main canvas', /Epoch [1-9]/],
  ['digits', 'main canvas', /Accuracy on/],
  ['table', 'main table', /344 rows/],
  ['graph', 'main canvas', /34 nodes/],
  ['audit', 'main table', /25 of 29 printed numbers agree/],
] as const;
