// Typeset the formulas, make every slide fit into 1280 by 720, then start reveal.js. Live figures change their size: they are fitted again.
(() => {
  const WIDTH = 1184, HEIGHT = 656, SMALLEST = 0.3;
  function fit(content) {
    content.style.zoom = 1;
    for (let round = 0; round < 4; round++) {      // smaller text wraps differently
      const zoom = Number(content.style.zoom), box = content.getBoundingClientRect(), outer = content.parentElement.getBoundingClientRect();
      const scale = outer.width / 1280 || 1;      // what reveal.js and the window make of a slide
      const across = Math.max(content.scrollWidth * zoom, box.width / scale), down = Math.max(content.scrollHeight * zoom, box.height / scale);
      const factor = Math.min(1, WIDTH / across, HEIGHT / down);
      if (factor > 0.995) break;
      content.style.zoom = Math.max(SMALLEST, Math.floor(zoom * factor * 100) / 100);
    }
  }
  /** A live figure takes the place of its picture once it is there, in its own size. */
  function adopt(frame) {
    const page = frame.contentDocument?.documentElement;
    if (!page || page.dataset.figures !== "ready") return frame.src && setTimeout(adopt, 100, frame);
    const resize = () => {
      const figure = page.querySelector(".live-figure");
      if (!figure) return;      // it could not start: the picture stays
      frame.previousElementSibling.hidden = true;
      frame.style.width = `${page.querySelector("body").offsetWidth + 24}px`;
      frame.style.height = `${figure.scrollHeight + 24}px`;
      fit(frame.closest(".content"));
    };
    new ResizeObserver(resize).observe(page.querySelector("body"));
    resize();
  }
  for (const frame of document.querySelectorAll("iframe")) frame.addEventListener("load", () => adopt(frame));
  const visible = content => content.getBoundingClientRect().height > 0;
  const fitAll = () => [...document.querySelectorAll(".content")].filter(visible).forEach(fit);
  async function start() {
    if (window.MathJax) await MathJax.startup.promise;
    await document.fonts.ready;
    await Promise.all([...document.images].map(image => image.decode().catch(() => {})));
    fitAll();
    if (window.Reveal) {
      await Reveal.initialize({ width: 1280, height: 720, margin: 0, center: false, hash: true, transition: "none", plugins: [RevealNotes] });
      Reveal.on("slidechanged", fitAll);
    }
    document.documentElement.dataset.slides = "ready";
  }
  window.prepared = start();      // to print, wait for it
})();
