(() => {
  "use strict";
  const report = JSON.parse(document.getElementById("report-data").textContent);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const charts = [];

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = (index) => css("--m" + (index === 0 ? 0 : ((index - 1) % 6) + 1));
  const known = (x) => x !== null && Number.isFinite(x);

  const decimals = (span) =>
    span > 0 ? Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(span)))) : 2;
  const format = (x, digits) => {
    if (!known(x)) return "–";
    const d = digits === undefined ? decimals(Math.abs(x)) + 1 : digits;
    return x.toLocaleString("en-US", { minimumFractionDigits: Math.min(d, 12), maximumFractionDigits: Math.min(d, 12) })
      .replace("-", "−");
  };
  const tick = (x) => {
    const size = Math.abs(x);
    if (size !== 0 && (size >= 1e15 || size < 1e-5)) {
      return x.toExponential(1).replaceAll("-", "−").replace("e+", "e");
    }
    const [unit, suffix] = size >= 1e9 ? [1e9, "B"] : size >= 1e6 ? [1e6, "M"] : size >= 1e4 ? [1e3, "k"] : [1, ""];
    const digits = unit === 1 ? 8 : 3;
    return Number((x / unit).toPrecision(10)).toLocaleString("en-US", { maximumFractionDigits: digits }).replace("-", "−") + suffix;
  };
  const escape = (text) =>
    String(text).replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";");
  const quantity = (name, unit) => (unit ? name + " (" + unit + ")" : name);

  const axis = (name, more) =>
    Object.assign(
      {
        type: "value",
        scale: true,
        name,
        nameLocation: "middle",
        nameGap: 28,
        nameTextStyle: { color: css("--quiet"), fontSize: 12 },
        axisLine: { show: true, onZero: false, lineStyle: { color: css("--line") } },
        axisTick: { show: false },
        axisLabel: { color: css("--quiet"), fontSize: 11, formatter: tick, hideOverlap: true },
        splitLine: { lineStyle: { color: css("--grid") } },
      },
      more
    );
  const base = () => ({
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 16, right: 20, top: 16, bottom: 32, containLabel: true },
    tooltip: {
      trigger: "item",
      confine: true,
      backgroundColor: css("--card"),
      borderColor: css("--line"),
      textStyle: { color: css("--text"), fontSize: 12 },
    },
  });
  // The name of a vertical axis stands above it, left, where it can be read.
  const above = (name) => ({
    name,
    nameLocation: "end",
    nameGap: 10,
    nameTextStyle: { color: css("--quiet"), fontSize: 12, align: "left", padding: [0, 0, 0, -24] },
  });
  const withName = (option) => {
    option.grid.top = 36;
    return option;
  };

  const calibration = (target) => {
    const option = withName(base());
    const points = target.models.flatMap((m) => m.calibration);
    const low = Math.min(...points.map((b) => b.meanPredicted));
    const high = Math.max(...points.map((b) => b.meanPredicted));
    const pad = (high - low) * 0.04 || Math.abs(high) * 0.1 || 1;
    option.xAxis = axis(quantity("Predicted, mean of bucket", target.unit), { min: low - pad, max: high + pad });
    option.xAxis.axisLabel.showMinLabel = false;
    option.xAxis.axisLabel.showMaxLabel = false;
    option.yAxis = axis("", above(quantity("Realised, mean ± 1 standard error", target.unit)));
    const digits = decimals(high - low) + 1;
    // Costs and volumes are often skewed: then tenths crowd in a corner unless the axes are logarithmic.
    const positive = points.every((b) => b.meanPredicted > 0 && b.meanRealised > 0);
    const logarithmic = positive && high / low > 20;
    const floor = logarithmic ? Math.min(...points.map((b) => Math.min(b.meanPredicted, b.meanRealised))) / 2 : -Infinity;
    if (logarithmic) {
      Object.assign(option.xAxis, { type: "log", min: low / 1.3, max: high * 1.3 });
      option.xAxis.name = quantity("Predicted, mean of bucket, log scale", target.unit);
      option.yAxis.type = "log";
    }
    option.series = [
      {
        type: "line",
        data: [[low, low], [high, high]],
        symbol: "none",
        silent: true,
        lineStyle: { color: css("--quiet"), width: 1, type: [4, 4] },
      },
    ];
    target.models.forEach((model, index) => {
      const tone = colour(index);
      const bars = model.calibration
        .filter((b) => known(b.standardError))
        .map((b) => [
          { coord: [b.meanPredicted, Math.max(floor, b.meanRealised - b.standardError)] },
          { coord: [b.meanPredicted, b.meanRealised + b.standardError] },
        ]);
      option.series.push({
        name: model.model,
        type: "line",
        z: index === 0 ? 2 : 3,
        data: model.calibration.map((b) => ({ value: [b.meanPredicted, b.meanRealised], bucket: b })),
        symbol: index === 0 ? "diamond" : "circle",
        symbolSize: index === 0 ? 9 : 7,
        itemStyle: { color: tone },
        lineStyle: { color: tone, width: index === 0 ? 0 : 1.5 },
        markLine: {
          silent: true,
          animation: false,
          symbol: ["none", "none"],
          label: { show: false },
          lineStyle: { color: tone, width: 1.5, type: "solid" },
          data: bars,
        },
      });
    });
    // Error bars widen the axis, which knows only of points.
    const ends = points.flatMap((b) =>
      known(b.standardError)
        ? [Math.max(floor, b.meanRealised - b.standardError), b.meanRealised + b.standardError]
        : [b.meanRealised]
    );
    if (logarithmic) {
      option.yAxis.min = Math.min(low, ...ends) / 1.3;
      option.yAxis.max = Math.max(high, ...ends) * 1.3;
      option.yAxis.axisLabel.showMinLabel = false;
      option.yAxis.axisLabel.showMaxLabel = false;
    }
    option.series.push({
      type: "scatter",
      data: [[low, Math.min(low, ...ends)], [high, Math.max(high, ...ends)]],
      symbolSize: 0,
      silent: true,
    });
    option.tooltip.formatter = (p) => {
      const b = p.data && p.data.bucket;
      if (!b) return "";
      return (
        "<b>" + escape(p.seriesName) + "</b><br>predicted " + format(b.meanPredicted, digits) +
        "<br>realised " + format(b.meanRealised, digits) + " ± " + format(b.standardError, digits) +
        "<br>" + format(b.rows, 0) + " rows"
      );
    };
    return option;
  };

  const folds = (target) => {
    let at = target.metrics.findIndex((m) => m.name === "skill");
    if (at < 0) at = 0;
    const metric = target.metrics[at];
    const option = withName(base());
    option.tooltip.trigger = "axis";
    option.tooltip.axisPointer = { type: "shadow" };
    option.tooltip.valueFormatter = (x) => format(x, metric.unit ? undefined : 3);
    option.xAxis = {
      type: "category",
      data: target.folds.map((f) => "Fold " + f.number),
      axisLine: { onZero: false, lineStyle: { color: css("--line") } },
      axisTick: { show: false },
      axisLabel: { color: css("--quiet"), fontSize: 11, hideOverlap: true },
    };
    option.yAxis = axis("", above(quantity(metric.title, metric.unit)));
    option.yAxis.scale = false;
    option.series = [];
    target.models.forEach((model, index) => {
      // Skill is measured against the baseline, which is the line at 0.
      if (metric.name === "skill" && model.baseline) return;
      option.series.push({
        name: model.model,
        type: "bar",
        barMaxWidth: 28,
        barGap: "12%",
        itemStyle: { color: colour(index) },
        data: model.foldScores.map((scores) => scores[at]),
      });
    });
    if (metric.name === "skill" && option.series.length > 0) {
      option.grid.right = 60;
      option.series[0].markLine = {
        silent: true,
        symbol: ["none", "none"],
        lineStyle: { color: colour(0), width: 2, type: "solid" },
        label: { formatter: "baseline", position: "end", color: css("--quiet"), fontSize: 11 },
        data: [{ yAxis: 0 }],
      };
    }
    return option;
  };

  const importance = (target) => {
    const models = target.models.map((m, index) => ({ m, index })).filter((x) => x.m.importance.length > 0);
    const best = new Map();
    models.forEach(({ m }) =>
      m.importance.forEach((i) => best.set(i.feature, Math.max(best.get(i.feature) || 0, i.share)))
    );
    const names = [...best.entries()].sort((a, b) => b[1] - a[1]).slice(0, 12).map((e) => e[0]);
    const option = base();
    option.tooltip.trigger = "axis";
    option.tooltip.axisPointer = { type: "shadow" };
    option.tooltip.valueFormatter = (x) => format(x, 1) + " %";
    option.xAxis = axis("Share of importance (%)", { min: 0 });
    option.yAxis = {
      type: "category",
      inverse: true,
      data: names,
      axisLine: { lineStyle: { color: css("--line") } },
      axisTick: { show: false },
      axisLabel: { color: css("--text"), fontSize: 12, width: 170, overflow: "truncate" },
    };
    option.series = models.map(({ m, index }) => {
      const share = new Map(m.importance.map((i) => [i.feature, i.share]));
      return {
        name: m.model,
        type: "bar",
        barMaxWidth: 22,
        barGap: "10%",
        itemStyle: { color: colour(index) },
        data: names.map((n) => 100 * (share.get(n) || 0)),
      };
    });
    return option;
  };

  const residuals = (target) => {
    const option = withName(base());
    option.tooltip.trigger = "axis";
    const edges = target.models[0].residuals.edges;
    const digits = decimals(edges[1] - edges[0]);
    option.tooltip.formatter = (items) => {
      const at = items[0].dataIndex;
      return (
        format(edges[at], digits) + " to " + format(edges[at + 1], digits) +
        items.map((i) => "<br>" + i.marker + escape(i.seriesName) + " " + format(i.data[1], 2) + " %").join("")
      );
    };
    option.xAxis = axis(quantity("Realised − predicted", target.unit), {});
    option.yAxis = axis("", Object.assign(above("Share of rows (%)"), { min: 0 }));
    option.series = target.models.map((model, index) => {
      const total = model.residuals.counts.reduce((a, b) => a + b, 0) || 1;
      return {
        name: model.model,
        type: "line",
        step: "middle",
        symbol: "none",
        z: index === 0 ? 2 : 3,
        lineStyle: { color: colour(index), width: 1.5 },
        itemStyle: { color: colour(index) },
        areaStyle: index === 0 ? { color: colour(0), opacity: 0.15 } : undefined,
        data: model.residuals.counts.map((n, i) => [(edges[i] + edges[i + 1]) / 2, (100 * n) / total]),
      };
    });
    return option;
  };

  const learning = (target, name) => {
    const index = target.models.findIndex((m) => m.model === name);
    const model = target.models[index];
    const series = [...new Set(model.learningCurve.map((p) => p.series))];
    const option = withName(base());
    option.tooltip.trigger = "axis";
    option.tooltip.axisPointer = { lineStyle: { color: css("--quiet") } };
    option.tooltip.formatter = (items) =>
      "round " + items[0].axisValue + items.map((i) => "<br>" + escape(i.seriesName) + " " + format(i.data[1])).join("");
    option.grid.right = 48;
    option.xAxis = axis("Boosting round", { scale: false, minInterval: 1, max: "dataMax" });
    option.xAxis.axisLabel.showMaxLabel = false;
    option.yAxis = axis("", above(quantity(model.learningCurve[0].metric, target.unit)));
    option.series = [];
    series.forEach((s) => {
      const points = model.learningCurve.filter((p) => p.series === s);
      const fold = s.split("/").pop();
      option.series.push({
        name: fold + " training",
        type: "line",
        symbol: "none",
        lineStyle: { color: colour(index), width: 1, type: [3, 3], opacity: 0.75 },
        itemStyle: { color: colour(index) },
        data: points.map((p) => [p.step, p.training]),
      });
      if (points.some((p) => known(p.validation))) {
        option.series.push({
          name: fold + " validation",
          type: "line",
          symbol: "none",
          lineStyle: { color: colour(index), width: 2 },
          itemStyle: { color: colour(index) },
          endLabel: { show: true, formatter: fold, color: css("--quiet"), fontSize: 11, distance: 4 },
          labelLayout: { moveOverlap: "shiftY" },
          data: points.filter((p) => known(p.validation)).map((p) => [p.step, p.validation]),
        });
      }
    });
    const baseline = target.models.findIndex((m) => m.baseline);
    const fold = series[series.length - 1].split("/").pop();
    const beside =
      baseline < 0
        ? []
        : target.models[baseline].learningCurve.filter(
            (p) => p.series.split("/").pop() === fold && p.metric === model.learningCurve[0].metric,
          );
    if (beside.length > 0) {
      const loss = known(beside[0].validation) ? beside[0].validation : beside[0].training;
      option.series.push({
        name: "baseline, " + fold,
        type: "line",
        symbol: "none",
        lineStyle: { color: colour(baseline), width: 1.5, type: [6, 4] },
        itemStyle: { color: colour(baseline) },
        data: [...new Set(model.learningCurve.map((p) => p.step))].sort((a, b) => a - b).map((step) => [step, loss]),
      });
    }
    const last = Math.max(...model.learningCurve.map((p) => p.step));
    if (model.steps > 0 && model.steps < last && option.series.length > 0) {
      option.series[0].markLine = {
        silent: true,
        symbol: ["none", "none"],
        lineStyle: { color: css("--quiet"), width: 1, type: [2, 3] },
        label: { formatter: "final model: " + model.steps + " rounds", position: "end", rotate: 0, color: css("--quiet"), fontSize: 11 },
        data: [{ xAxis: model.steps }],
      };
    }
    return option;
  };

  // Times without their seconds: between two periods they tell nothing.
  const short = (label) => label.replace(/^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}):\d{2}$/, "$1");
  // Buckets side by side: a whole number each, models a little apart, so that error bars do not cover each other.
  const breakdown = (target, at) => {
    const b = target.breakdowns[Number(at)];
    const drift = b.kind === "PERIODS";
    const numbers = b.kind === "NUMBERS";
    const labels = b.buckets.map((x) => (numbers && known(x.low) ? tick(Number(x.low.toPrecision(3))) : short(x.label)));
    const option = withName(base());
    const wide = labels.reduce((sum, label) => sum + label.length + 2, 0) > 70;
    option.xAxis = axis(
      numbers ? quantity(b.name + ", from", b.unit)
        : b.kind === "TIME_OF_DAY" ? "From (" + b.zone + ")"
        : drift ? (b.unit ? "From (UTC)" : "From row") : b.name,
      { min: -0.5, max: b.buckets.length - 0.5, interval: 1, scale: false }
    );
    option.xAxis.splitLine = { show: false };
    Object.assign(option.xAxis.axisLabel, {
      rotate: wide ? 35 : 0,
      showMinLabel: false,
      showMaxLabel: false,
      // Ticks stand half a bucket before each label.
      formatter: (x) => labels[Math.round(x)] ?? "",
    });
    option.xAxis.interval = undefined;
    option.xAxis.minInterval = 1;
    option.xAxis.axisLabel.customValues = labels.map((_, i) => i);
    option.xAxis.nameGap = wide ? 30 + 3.4 * Math.min(16, Math.max(...labels.map((x) => x.length))) : 28;
    if (wide) option.grid.bottom = 40;
    option.yAxis = axis("", above(quantity(drift ? "Realised − predicted, mean ± 1 standard error" : "Mean ± 1 standard error", target.unit)));
    option.series = [];
    const ends = [];
    const bars = (points) =>
      points.filter((p) => known(p.error)).map((p) => {
        ends.push(p.value[1] - p.error, p.value[1] + p.error);
        return [{ coord: [p.value[0], p.value[1] - p.error] }, { coord: [p.value[0], p.value[1] + p.error] }];
      });
    const mark = (tone, points) => ({
      silent: true, animation: false, symbol: ["none", "none"], label: { show: false },
      lineStyle: { color: tone, width: 1.5, type: "solid" }, data: bars(points),
    });
    const ordered = b.kind !== "NAMES";
    const count = target.models.length;
    const place = (m) => (m - (count - 1) / 2) * Math.min(0.14, 0.6 / count);
    target.models.forEach((model, m) => {
      const tone = colour(m);
      const points = b.buckets.map((x, i) => {
        const score = x.models[m];
        return {
          value: [i + (drift ? place(m) : ordered ? 0 : place(m)), drift ? score.meanResidual : score.meanPredicted],
          error: drift ? score.residualError : null,
          bucket: x, score,
        };
      });
      option.series.push({
        name: model.model, type: "line", z: m === 0 ? 2 : 3, data: points,
        symbol: m === 0 ? "diamond" : "circle", symbolSize: m === 0 ? 8 : 6,
        itemStyle: { color: tone },
        lineStyle: { color: tone, width: ordered && m > 0 ? 1.5 : 0 },
        markLine: drift ? mark(tone, points) : undefined,
      });
    });
    if (drift) {
      option.series.push({
        type: "line", data: [[-0.5, 0], [b.buckets.length - 0.5, 0]], symbol: "none", silent: true,
        lineStyle: { color: css("--quiet"), width: 1, type: [4, 4] },
      });
    } else {
      const points = b.buckets.map((x, i) => ({ value: [i, x.meanRealised], error: x.standardError, bucket: x }));
      option.series.push({
        name: "realised", type: "scatter", z: 4, data: points, symbol: "rect", symbolSize: [12, 3],
        itemStyle: { color: css("--text") }, markLine: mark(css("--text"), points),
      });
    }
    // Error bars widen the axis, which knows only of points.
    option.series.push({
      type: "scatter", data: ends.length ? [[0, Math.min(...ends)], [0, Math.max(...ends)]] : [], symbolSize: 0, silent: true,
    });
    const all = b.buckets.map((x) => Math.abs(drift ? x.models[0].rmse / 10 : x.meanRealised)).filter(known);
    const digits = target.unit === "bp" ? 2 : decimals(Math.max(...all, 0)) + 1;
    option.tooltip.formatter = (p) => {
      const x = p.data && p.data.bucket;
      if (!x) return "";
      const title = "<b>" + escape(x.label) + "</b>, " + format(x.rows, 0) + " rows<br>realised " +
        format(x.meanRealised, digits) + " ± " + format(x.standardError, digits);
      const s = p.data.score;
      if (!s) return title;
      return title + "<br>" + escape(p.seriesName) + ": predicted " + format(s.meanPredicted, digits) +
        "<br>residual " + format(s.meanResidual, digits) + " ± " + format(s.residualError, digits) +
        "<br>RMSE " + format(s.rmse, digits) + ", skill " + format(s.skill, 3) +
        (s.z ? "<br>z " + format(s.z.mean, 2) + " ± " + format(s.z.standardError, 2) + ", std. deviation " + format(s.z.deviation, 2) : "") +
        s.quantiles.map((q) => "<br>≤ " + escape(q.name) + ": " + format(100 * q.covered, 1) + " %").join("");
    };
    return option;
  };

  // Parts of a cost have one colour each, wherever they are.
  const parts = { delay: "--m4", execution: "--m1", opportunity: "--m2", explicit: "--m6", total: "--text" };
  const categories = (labels, name) => ({
    type: "category", data: labels, name, nameLocation: "middle",
    nameGap: labels.join("  ").length > 70 ? 62 : 28,
    nameTextStyle: { color: css("--quiet"), fontSize: 12 },
    axisLine: { onZero: false, lineStyle: { color: css("--line") } },
    axisTick: { show: false },
    axisLabel: { color: css("--quiet"), fontSize: 11, interval: 0, hideOverlap: true, rotate: labels.join("  ").length > 70 ? 35 : 0 },
  });
  const whiskers = (tone, points) => ({
    silent: true, animation: false, symbol: ["none", "none"], label: { show: false },
    lineStyle: { color: tone, width: 1.5, type: "solid" },
    data: points.filter((p) => known(p.mean) && known(p.standardError))
      .map((p) => [{ coord: [p.at, p.mean - p.standardError] }, { coord: [p.at, p.mean + p.standardError] }]),
  });
  const room = (option, points) => {
    const ends = points.filter((p) => known(p.mean) && known(p.standardError))
      .flatMap((p) => [p.mean - p.standardError, p.mean + p.standardError]);
    option.series.push({ type: "scatter", data: ends.map((y) => [0, y]), symbolSize: 0, silent: true });
  };
  const costText = (c) =>
    "<b>" + escape(c.name) + "</b><br>" + format(c.mean, 2) + " ± " + format(c.standardError, 2) + " bp<br>each order once " +
    format(c.equalMean, 2) + " ± " + format(c.equalError, 2) + " bp<br>" + format(c.orders, 0) + " orders";

  const shortfall = () => {
    const costs = report.orders.shortfall;
    const points = costs.map((c, at) => Object.assign({ at }, c));
    const option = withName(base());
    option.xAxis = categories(costs.map((c) => c.name));
    option.yAxis = axis("", Object.assign(above("Cost by value (bp)"), { scale: false }));
    option.series = [{
      type: "bar", barMaxWidth: 48,
      data: costs.map((c) => ({ value: c.mean, itemStyle: { color: css(parts[c.name]), opacity: 0.85 }, cost: c })),
      markLine: whiskers(css("--quiet"), points),
    }];
    room(option, points);
    option.tooltip.formatter = (p) => (p.data && p.data.cost ? costText(p.data.cost) : "");
    return option;
  };

  const after = () => {
    const curves = [["markout of fills", report.orders.markouts, "--m1"], ["reversion after the last fill", report.orders.reversions, "--m2"]]
      .filter((c) => c[1].length > 0);
    const option = withName(base());
    option.legend = { right: 0, top: 0, textStyle: { color: css("--quiet"), fontSize: 11 }, itemHeight: 8 };
    option.xAxis = categories(curves[0][1].map((p) => p.horizon), "After the fill");
    option.yAxis = axis("", Object.assign(above("Price move with the side (bp)"), { scale: false }));
    option.series = [];
    const all = [];
    curves.forEach(([name, curve, tone]) => {
      const points = curve.map((c, at) => Object.assign({ at }, c));
      all.push(...points);
      option.series.push({
        name, type: "line", symbol: "circle", symbolSize: 7,
        itemStyle: { color: css(tone) }, lineStyle: { color: css(tone), width: 1.5 },
        data: curve.map((c) => ({ value: c.mean, point: c })),
        markLine: whiskers(css(tone), points),
      });
    });
    room(option, all);
    option.tooltip.formatter = (p) => {
      const c = p.data && p.data.point;
      return c ? "<b>" + escape(p.seriesName) + "</b>, " + escape(c.horizon) + "<br>" + format(c.mean, 2) + " ± " +
        format(c.standardError, 2) + " bp, " + format(c.count, 0) + " times" : "";
    };
    return option;
  };

  const orders = (_, at) => {
    const b = report.orders.breakdowns[Number(at)];
    const numbers = b.kind === "NUMBERS";
    const labels = b.buckets.map((x) => (numbers && known(x.low) ? tick(Number(x.low.toPrecision(3))) : short(x.label)));
    const option = withName(base());
    option.legend = { right: 0, top: 0, textStyle: { color: css("--quiet"), fontSize: 11 }, itemHeight: 8, data: Object.keys(parts).filter((n) => n !== "total") };
    option.xAxis = categories(labels, numbers ? quantity(b.name + ", from", b.unit)
      : b.kind === "TIME_OF_DAY" ? "From (" + b.zone + ")" : b.kind === "PERIODS" ? "From (UTC)" : "");
    option.yAxis = axis("", Object.assign(above("Cost by value (bp)"), { scale: false }));
    const cost = (x, name) => x.costs.find((c) => c.name === name);
    option.series = Object.keys(parts).filter((n) => n !== "total").map((name) => ({
      name, type: "bar", stack: "cost", barMaxWidth: 32, itemStyle: { color: css(parts[name]), opacity: 0.85 },
      data: b.buckets.map((x) => ({ value: cost(x, name).mean, cost: cost(x, name), bucket: x })),
    }));
    const points = b.buckets.map((x, i) => Object.assign({ at: i }, cost(x, "total")));
    option.series.push({
      name: "total", type: "scatter", symbol: "rect", symbolSize: [14, 3], z: 4, itemStyle: { color: css("--text") },
      data: b.buckets.map((x) => ({ value: cost(x, "total").mean, cost: cost(x, "total"), bucket: x })),
      markLine: whiskers(css("--text"), points),
    });
    room(option, points);
    option.tooltip.formatter = (p) => (p.data && p.data.cost ? escape(p.data.bucket.label) + "<br>" + costText(p.data.cost) : "");
    return option;
  };

  const curves = (target) => {
    const c = target.costCurves;
    const option = withName(base());
    option.tooltip.trigger = "axis";
    option.tooltip.axisPointer = { lineStyle: { color: css("--quiet") } };
    // The grid is even on its scale, so its points are categories; bands are stacked on them.
    option.xAxis = categories(
      c.grid.map((x) => tick(Number(x.toPrecision(2)))),
      quantity(c.feature + (c.logarithmic ? ", log scale" : ""), c.unit)
    );
    Object.assign(option.xAxis, { boundaryGap: false, nameGap: 28 });
    Object.assign(option.xAxis.axisLabel, { interval: "auto", rotate: 0 });
    option.yAxis = axis("", above(quantity("Predicted", target.unit)));
    option.series = [];
    c.curves.forEach((curve, index) => {
      const tone = colour(index);
      if (curve.low.every(known)) {
        const side = (data, fill) => ({
          type: "line", stack: "band " + index, stackStrategy: "all", symbol: "none", silent: true, z: 1,
          lineStyle: { width: 0 }, areaStyle: fill ? { color: tone, opacity: 0.14 } : undefined, data,
        });
        option.series.push(side(curve.low, false), side(curve.high.map((y, i) => y - curve.low[i]), true));
      }
      option.series.push({
        name: curve.model, type: "line", symbol: "none", z: index === 0 ? 2 : 3,
        itemStyle: { color: tone }, lineStyle: { color: tone, width: index === 0 ? 1.5 : 2, type: index === 0 ? [6, 4] : "solid" },
        data: curve.predicted,
      });
    });
    const digits = target.unit === "bp" ? 2 : undefined;
    option.tooltip.formatter = (items) => {
      const at = items[0].dataIndex;
      return escape(c.feature) + " " + format(c.grid[at]) + c.curves.map((curve) =>
        "<br>" + escape(curve.model) + " " + format(curve.predicted[at], digits) +
        (known(curve.low[at]) ? " (" + format(curve.low[at], digits) + " to " + format(curve.high[at], digits) + ")" : "")).join("");
    };
    return option;
  };

  const kinds = { curves, shortfall, after, orders, breakdown, calibration, folds, importance, residuals, learning };
  const draw = () => {
    charts.splice(0).forEach((chart) => chart.dispose());
    document.querySelectorAll(".chart").forEach((place) => {
      const target = report.targets[Number(place.dataset.target)];
      const option = kinds[place.dataset.kind](target, place.dataset.model);
      if (place.dataset.kind === "importance") {
        const rows = option.yAxis.data.length * Math.max(1, option.series.length);
        place.style.minHeight = Math.max(320, Math.min(520, 60 + rows * 11 + option.yAxis.data.length * 8)) + "px";
      }
      const chart = echarts.init(place, null, { renderer: "svg" });
      chart.setOption(option);
      charts.push(chart);
    });
  };
  draw();
  dark.addEventListener("change", draw);
  window.addEventListener("beforeprint", () => charts.forEach((chart) => chart.resize()));
  let pending = 0;
  window.addEventListener("resize", () => {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(() => charts.forEach((chart) => chart.resize()));
  });
})();
