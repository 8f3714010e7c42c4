// anywidget drops whatever the kernel sends to a figure that is not ready after two seconds, its
// traces included. plotly takes longer when several figures load together: so each figure is ready
// at once, plotly loads once a page, and what arrives before it is handed on afterwards.
const MESSAGES = [
  "addTraces", "deleteTraces", "moveTraces", "restyle", "relayout", "update", "animate",
  "removeLayoutProps", "removeTraceProps",
].map((name) => `_py2js_${name}`);

// By what is loaded: two notebooks of one page may have two versions.
const pages = (globalThis.segkitPlotly ??= new Map());

function load(text) {
  if (!pages.has(text)) pages.set(text, imported(text));
  return pages.get(text);
}

function imported(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  return import(address).finally(() => URL.revokeObjectURL(address));
}

function keep(model) {
  const kept = [];
  const listeners = MESSAGES.map((name) => [
    `change:${name}`,
    () => model.get(name) !== null && kept.push([name, model.get(name)]),
  ]);
  listeners.forEach(([event, listener]) => model.on(event, listener));
  return () => {
    listeners.forEach(([event, listener]) => model.off(event, listener));
    return kept;
  };
}

export default () => {
  let loaded;
  return {
    initialize({ model }) {
      const taken = keep(model);
      loaded = load(model.get("_plotly")).then((plotly) => {
        const figure = plotly.default();
        const kept = taken();
        figure.initialize({ model });
        for (const [name, message] of kept) {
          model.set(name, message);
          model.set(name, null);
        }
        return figure;
      });
    },
    async render({ model, el }) {
      const remove = (await loaded).render({ model, el });
      // The page gives the figure its width after it is drawn, and changes it with side bars.
      const width = new ResizeObserver(() => el._responsiveChartHandler?.());
      width.observe(el);
      return () => {
        width.disconnect();
        remove();
      };
    },
  };
};
