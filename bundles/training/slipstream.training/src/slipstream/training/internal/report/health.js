(() => {
  "use strict";
  const reports = JSON.parse(document.getElementById("health-data").textContent);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const charts = [];
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const count = (x) => Number(x).toLocaleString("en-US");
  const escape = (text) => String(text).replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";");

  const base = () => ({
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    tooltip: {
      trigger: "axis",
      confine: true,
      backgroundColor: css("--card"),
      borderColor: css("--line"),
      textStyle: { color: css("--text"), fontSize: 12 },
    },
  });
  const label = () => ({ color: css("--quiet"), fontSize: 11, hideOverlap: true });
  const category = (data) => ({
    type: "category",
    data,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: css("--line") } },
    axisLabel: label(),
  });
  const value = (more) =>
    Object.assign(
      {
        type: "value",
        minInterval: 1,
        axisLabel: Object.assign(label(), { formatter: count }),
        splitLine: { lineStyle: { color: css("--grid") } },
      },
      more
    );

  const time = (report, line) => {
    const option = base();
    option.xAxis = category(report.starts);
    option.yAxis = value({});
    const tone = { error: "--m5", warning: "--m2", info: "--m1" }[report.lines[line].severity];
    option.series = [
      { type: "bar", data: report.lines[line].counts, itemStyle: { color: css(tone) }, barCategoryGap: "10%" },
    ];
    option.tooltip.formatter = (items) => "from " + escape(items[0].name) + "<br><b>" + count(items[0].value) + "</b>";
    return option;
  };

  const instruments = (report) => {
    const option = base();
    option.yAxis = Object.assign(category(report.instruments), { inverse: true });
    option.xAxis = value({ max: 100, name: "", axisLabel: Object.assign(label(), { formatter: "{value} %" }) });
    const total = report.instruments.map((_, i) => report.byInstrument.reduce((sum, kind) => sum + kind.counts[i], 0));
    option.legend = { type: "scroll", bottom: 0, textStyle: { color: css("--quiet"), fontSize: 11 }, itemWidth: 12, itemHeight: 12 };
    option.grid.bottom = 32;
    option.series = report.byInstrument.map((kind, k) => ({
      name: kind.name,
      type: "bar",
      stack: "all",
      itemStyle: { color: css("--m" + ((k % 6) + 1)), opacity: k < 6 ? 1 : 0.55 },
      data: kind.counts.map((c, i) => ({ value: total[i] ? (100 * c) / total[i] : 0, count: c })),
    }));
    option.tooltip.axisPointer = { type: "shadow" };
    option.tooltip.formatter = (items) =>
      "<b>" + escape(items[0].name) + "</b>" +
      items.filter((i) => i.data.count > 0).map((i) => "<br>" + i.marker + escape(i.seriesName) + ": " + count(i.data.count)).join("");
    return option;
  };

  const moves = (report) => {
    const option = base();
    const name = (i) => (i + 1 < report.edges.length ? report.edges[i] + "–" + report.edges[i + 1] : "> " + report.edges[i]);
    option.xAxis = category(report.edges.map((_, i) => name(i)));
    option.yAxis = value({ type: "log", min: 0.5, minInterval: undefined });
    option.yAxis.axisLabel.formatter = (x) => (x < 1 ? "0" : count(x));
    option.series = [
      {
        type: "bar",
        data: report.moves.map((c, i) => ({ value: c > 0 ? c : null, itemStyle: { color: css(report.edges[i] >= 25 ? "--m5" : "--m1") } })),
        barCategoryGap: "10%",
      },
    ];
    option.tooltip.formatter = (items) => "z " + escape(items[0].name) + "<br><b>" + count(items[0].value ?? 0) + "</b> moves";
    return option;
  };

  const kinds = { time, instruments, moves };
  const draw = () => {
    charts.splice(0).forEach((chart) => chart.dispose());
    document.querySelectorAll(".chart").forEach((place) => {
      const report = reports[Number(place.dataset.report)];
      if (place.dataset.kind === "instruments") {
        place.style.minHeight = Math.max(220, 70 + report.instruments.length * 18) + "px";
      }
      const chart = echarts.init(place, null, { renderer: "svg" });
      chart.setOption(kinds[place.dataset.kind](report, Number(place.dataset.line)));
      charts.push(chart);
    });
  };
  draw();
  dark.addEventListener("change", draw);
  let pending = 0;
  window.addEventListener("resize", () => {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(() => charts.forEach((chart) => chart.resize()));
  });
})();
