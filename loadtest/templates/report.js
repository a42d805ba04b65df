// The values under the pointer, and with the arrow keys: from the table behind the chart. The page is whole without it.
for (const figure of document.querySelectorAll(".timeline")) {
  const table = document.getElementById("seconds");
  const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows];
  const line = figure.querySelector(".cursor");
  const text = figure.querySelector(".hover");
  let now = -1;
  const show = (place) => {
    now = Math.max(0, Math.min(rows.length - 1, place));
    const chart = [...figure.querySelectorAll("svg")].find((svg) => svg.getClientRects().length);
    const scale = (10 * chart.clientWidth) / chart.viewBox.baseVal.width;
    const left = chart.dataset.left * scale;
    const width = chart.clientWidth - left - chart.dataset.right * scale;
    const x = left + (width * (now + 0.5)) / rows.length;
    text.textContent = [...rows[now].cells].map((cell, i) => `${names[i]}: ${cell.textContent}`).join("\n");
    line.hidden = text.hidden = false;
    line.style.left = `${x}px`;
    text.style.left = `${x < chart.clientWidth / 2 ? x + 12 : x - 12 - text.offsetWidth}px`;
    return { left, width };
  };
  const hide = () => { line.hidden = text.hidden = true; };
  figure.addEventListener("pointermove", (event) => {
    const { left, width } = show(now);
    const at = (event.clientX - figure.getBoundingClientRect().left - left) / width;
    if (at < 0 || at > 1) hide(); else show(Math.floor(at * rows.length));
  });
  figure.addEventListener("pointerleave", hide);
  figure.addEventListener("blur", hide);
  figure.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (event.key === "Escape") hide();
    else if (event.key === "Home" || event.key === "End") show(event.key === "Home" ? 0 : rows.length - 1);
    else if (step) show(now + step);
    else return;
    event.preventDefault();
  });
}
