"use strict";
// Draws the figures of the report. plotly.js and the figures are compressed within the page.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const touch = matchMedia("(pointer: coarse)");
  const narrow = matchMedia("(max-width: 600px)");
  // Where there is no hovering, the toolbar would stand over the chart for good.
  const config = {
    displaylogo: false,
    displayModeBar: touch.matches ? false : "hover",
    responsive: true,
    showSendToCloud: false,
  };
  const PRINTED_WIDTH = Number(root.dataset.printedWidth ?? 680);

  const inflate = async (id) => {
    const text = atob(document.getElementById(id).textContent);
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  };

  // Figures take the page's colours, so that they can be read on its light and its dark side.
  const recolour = (node, colours, inFont) => {
    for (const [key, value] of Object.entries(node)) {
      if (value && typeof value === "object") {
        recolour(value, colours, /font$/i.test(key));
      } else if (/^(grid|line|zeroline|tick)color$/.test(key)) {
        node[key] = colours.line;
      } else if (/bgcolor$|^backgroundcolor$/.test(key)) {
        node[key] = "rgba(0,0,0,0)";
      } else if (key === "color" && inFont) {
        node[key] = colours.ink;
      }
    }
  };

  // Titles and names on the axes are broken into lines that a telephone has room for.
  const broken = (text, width) =>
    text.replaceAll("<br>", " ").replace(new RegExp(`(.{1,${width}})( +|$)`, "g"), "$1<br>").replace(/<br>$/, "");

  const fold = (layout) => {
    for (const [key, axis] of Object.entries(layout)) {
      if (!/^[xy]axis\d*$/.test(key)) continue;
      if (axis.title?.text) axis.title.text = broken(axis.title.text, key[0] === "x" ? 22 : 34);
      if (axis.ticktext) axis.ticktext = axis.ticktext.map((text) => broken(text, 18));
    }
  };

  const layoutOf = (figure, templates, width) => {
    const style = getComputedStyle(root);
    const colours = { ink: style.getPropertyValue("--ink"), line: style.getPropertyValue("--line") };
    const layout = structuredClone(figure.layout);
    const template = structuredClone(templates[figure.template]) ?? {};
    const shared = (template.layout ??= {});
    recolour(shared, colours, false);
    if (dark.matches && !("printing" in root.dataset)) recolour(layout, colours, false);
    shared.paper_bgcolor = shared.plot_bgcolor = "rgba(0,0,0,0)";
    shared.font = { ...shared.font, color: colours.ink, family: style.fontFamily };
    shared.margin = { ...shared.margin, t: 16 };
    shared.hoverlabel = {
      ...shared.hoverlabel,
      bgcolor: style.getPropertyValue("--paper"),
      font: { color: colours.ink },
    };
    if (touch.matches) layout.dragmode = false;
    if (narrow.matches && !width) fold(layout);
    if (width) Object.assign(layout, { width, autosize: false });
    return { ...layout, template };
  };

  // Where a program prints the page, it is drawn for paper from the beginning.
  const printed = location.hash === "#printed" ? PRINTED_WIDTH : undefined;
  if (printed) root.dataset.printing = "";

  const draw = async () => {
    const { figures, templates } = JSON.parse(await inflate("figures"));
    const script = document.createElement("script");
    script.textContent = await inflate("plotly");
    document.head.append(script);
    for (const [number, figure] of figures.entries()) {
      const { data, frames } = figure;
      const layout = layoutOf(figure, templates, printed);
      await Plotly.newPlot(`figure-${number}`, { data, layout, frames, config });
    }
    if (printed) return;
    const redraw = (width) =>
      figures.forEach((figure, number) =>
        Plotly.react(`figure-${number}`, figure.data, layoutOf(figure, templates, width), config),
      );
    dark.addEventListener("change", () => redraw());
    addEventListener("beforeprint", () => {
      root.dataset.printing = "";
      redraw(PRINTED_WIDTH);
    });
    addEventListener("afterprint", () => {
      delete root.dataset.printing;
      redraw();
    });
  };

  draw().then(
    () => (root.dataset.charts = "drawn"),
    (fault) => {
      root.dataset.charts = "failed";
      console.error(fault);
      for (const place of document.querySelectorAll(".plot:empty, .plot > noscript:only-child")) {
        place.closest(".plot").textContent = "This chart needs a browser from 2023 or later.";
      }
    },
  );
})();
