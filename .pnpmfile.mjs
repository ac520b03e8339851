// What a published package.json has no use for. The condition leads to sources, which aren't published.
const sourceCondition = '@hartonomous/source';

/** @param {unknown} exported */
function withoutSources(exported) {
  if (typeof exported !== 'object' || exported === null) return exported;
  return Object.fromEntries(
    Object.entries(exported)
      .filter(([condition]) => condition !== sourceCondition)
      .map(([condition, target]) => [condition, withoutSources(target)]),
  );
}

export const hooks = {
  beforePacking(manifest) {
    const { devDependencies, scripts, ...published } = manifest;
    return { ...published, exports: withoutSources(manifest.exports) };
  },
};
