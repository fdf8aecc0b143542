/** Some formats have models with one input, the rows. They cannot represent a network whose layers read other feeds. */
import { fail } from '../base/errors.ts';
import { feedsOfLayers, type Network } from '../net/network.ts';

/** Throws an InputError for a network that reads feeds by name; `format` is the format's name in the message. */
export function checkOneInput(network: Network, format: string): void {
  const [feed] = feedsOfLayers(network);
  if (feed === undefined) return;
  const index = network.layers.findIndex(({ feeds = [] }) => feeds.some(({ name }) => name === feed.name));
  fail({
    what: `it reads the feed "${feed.name}", and a model in ${format} has the rows as its only input`,
    where: `network.layers[${index}]`,
    fix: 'Save the model as a safetensors file instead.',
  });
}
