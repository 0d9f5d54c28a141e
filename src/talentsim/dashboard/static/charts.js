// Charts, drawn by plotly from what the server has computed. Nothing here computes a result.

import {signed, trueMinus} from './words.js';

const QUIET = {displayModeBar: false, responsive: true, doubleClick: false, scrollZoom: false};
const SIZE = 12;
const LONGEST = 20;

function theme() {
  const css = getComputedStyle(document.documentElement);
  const read = (name) => css.getPropertyValue(name).trim();
  return {ink: read('--ink'), grey: read('--grey'), line: read('--line'), panel: read('--panel'), gain: read('--gain'), loss: read('--loss'),
    isDark: matchMedia('(prefers-color-scheme: dark)').matches};
}

export const lossName = () => (theme().isDark ? 'Amber' : 'Brown');

function layout(look, more) {
  return {font: {size: SIZE, color: look.ink, family: 'system-ui, "DejaVu Sans", sans-serif'}, paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)', showlegend: false, dragmode: false, hoverlabel: {font: {size: SIZE, color: look.ink}, bgcolor: look.panel, bordercolor: look.grey}, separators: '.,', ...more};
}

function axis(look, more) {
  return {gridcolor: look.line, zeroline: false, linecolor: look.grey, tickfont: {size: SIZE, color: look.grey}, fixedrange: true, ...more};
}

// Dark inks of the palette are lightened where the paper is dark; hue, and so the country, stays.
function ink(colour, look) {
  if (!look.isDark) return colour;
  const parts = colour.match(/\w\w/g).map((two) => parseInt(two, 16));
  const light = (0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2]) / 255;
  const share = Math.max(0, 0.62 - light);
  return `#${parts.map((each) => Math.round(each + (255 - each) * share).toString(16).padStart(2, '0')).join('')}`;
}

const brightness = (parts) => parts.map((each) => each / 255).map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
  .reduce((sum, each, at) => sum + each * [0.2126, 0.7152, 0.0722][at], 0);

// The same hue, as dark as words on light paper have to be: 4.5 to 1, and dots of a map need less.
function wordInk(colour, look) {
  if (look.isDark) return ink(colour, look);
  let parts = colour.match(/\w\w/g).map((two) => parseInt(two, 16));
  while (brightness(parts) > 0.18) parts = parts.map((each) => each * 0.95);
  return `#${parts.map((each) => Math.round(each).toString(16).padStart(2, '0')).join('')}`;
}

function faint(colour, opacity) {
  const parts = colour.match(/\w\w/g).map((two) => parseInt(two, 16));
  return `rgba(${parts.join(',')},${opacity})`;
}

function apart(places, least, most) {
  const sorted = places.map((at, place) => ({at, place})).sort((one, other) => one.at - other.at);
  for (let round = 0; round < 40; round += 1) {
    for (let each = 1; each < sorted.length; each += 1) {
      const lack = least - (sorted[each].at - sorted[each - 1].at);
      if (lack > 0) { sorted[each].at += lack / 2; sorted[each - 1].at -= lack / 2; }
    }
    for (const each of sorted) each.at = Math.min(most - least / 2, Math.max(least / 2, each.at));
  }
  const moved = [];
  for (const each of sorted) moved[each.place] = each.at;
  return moved;
}

// A name that a margin can hold.
const brief = (name) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1).trimEnd()}…` : name);

const pen = document.createElement('canvas').getContext('2d');
const width = (text) => { pen.font = `700 ${SIZE}px system-ui, "DejaVu Sans", sans-serif`; return pen.measureText(text).width; };

// series: {code, name, colour, baseline, scenario, band: [low, high] or null, words, kept or null}
export function lines(place, {years, series, start, year, focus}) {
  const look = theme();
  const traces = [];
  for (const each of series) {
    const colour = ink(each.colour, look);
    const wide = each.code === focus ? 3 : 1.8;
    if (each.band) {
      traces.push({x: [...years, ...years.toReversed()], y: [...each.band[1], ...each.band[0].toReversed()], fill: 'toself',
        fillcolor: faint(colour, 0.22), line: {width: 0}, hoverinfo: 'skip', mode: 'lines'});
    }
    traces.push({x: years, y: each.baseline, mode: 'lines', line: {color: colour, width: 1.5, dash: '4px,3px'}, name: `${each.name}, baseline`,
      hovertemplate: '%{y:.2f} %'});
    traces.push({x: years, y: each.scenario, mode: 'lines', line: {color: colour, width: wide}, name: each.name, hovertemplate: '%{y:.2f} %'});
    if (each.kept) {
      traces.push({x: years, y: each.kept, mode: 'lines', line: {color: colour, width: 2.2, dash: '1px,4px'}, name: `${each.name}, kept`,
        hovertemplate: '%{y:.2f} %'});
    }
  }
  const highest = 1.06 * Math.max(...traces.flatMap((each) => each.y.filter((value) => value !== null)), 1e-6);
  const height = place.clientHeight - 34;
  const last = series.map((each) => (each.scenario.findLast((value) => value !== null) ?? 0));
  const spread = apart(last.map((value) => (height * value) / highest), 15, height);
  const labels = series.map((each) => `${brief(each.name)} ${trueMinus(each.words)}`);
  const annotations = series.map((each, number) => ({x: 1, xref: 'paper', xanchor: 'left', xshift: 6, y: last[number], yanchor: 'middle',
    yshift: spread[number] - (height * last[number]) / highest, text: labels[number], showarrow: false,
    font: {size: SIZE, color: wordInk(each.colour, look), weight: each.code === focus ? 700 : 400}}));
  const shapes = [start, year].filter((each, number) => each !== null && (number === 0 || year < years.at(-1))).map((each) => ({
    type: 'line', x0: each, x1: each, y0: 0, y1: 1, yref: 'paper', line: {color: look.grey, width: 1, dash: 'dot'}}));
  return Plotly.react(place, traces, layout(look, {margin: {l: 34, r: Math.ceil(Math.max(...labels.map(width))) + 12, t: 8, b: 26}, hovermode: 'x unified', annotations, shapes,
    xaxis: axis(look, {range: [years[0], years.at(-1)], showgrid: false, nticks: place.clientWidth < 500 ? 5 : 8, tickformat: 'd'}),
    yaxis: axis(look, {range: [0, highest], nticks: 6})}), QUIET);
}

export function diverted(place, {lost, gained, names}) {
  const look = theme();
  const largest = new Map();
  for (const [code, people] of [...lost, ...gained]) largest.set(code, Math.max(largest.get(code) ?? 0, people));
  const codes = [...largest.keys()].sort((one, other) => largest.get(one) - largest.get(other)).slice(-9);
  const size = (rows) => rows.reduce((sum, each) => sum + each[1], 0);
  const sides = [[lost, look.loss, 'lost to'], [gained, look.gain, 'gained from']];
  const told = sides.filter(([rows]) => size(rows) > 0.05 * (size(lost) + size(gained)));     // the sentence below says the rest
  const traces = told.map(([rows, color, word]) => {
    const by = new Map(rows.map(([code, people, text]) => [code, {people, text}]));
    return {type: 'bar', orientation: 'h', y: codes.map((code) => names(code)), x: codes.map((code) => by.get(code)?.people ?? 0),
      marker: {color, pattern: {shape: word === 'lost to' ? '' : '/'}}, text: codes.map((code) => by.get(code)?.text ?? ''), textposition: 'outside',
      textfont: {size: SIZE, color: look.ink}, cliponaxis: false, name: word, hovertemplate: `${word} %{y}: %{text}<extra></extra>`};
  });
  return Plotly.react(place, traces, layout(look, {barmode: 'group', bargap: 0.25, margin: {l: 112, r: 52, t: 4, b: 28}, hovermode: 'closest',
    xaxis: axis(look, {nticks: 5, rangemode: 'tozero', tickformat: ',d'}), yaxis: axis(look, {showgrid: false, tickfont: {size: SIZE, color: look.ink}})}), QUIET);
}

export function staying(place, {rows, names, colour}) {
  const look = theme();
  const ordered = rows.toReversed();
  const own = ink(colour, look);
  const traces = ordered.map(([code, before, after]) => ({x: [before, after], y: [names(code), names(code)], mode: 'lines',
    line: {color: look.grey, width: 2}, hoverinfo: 'skip'}));
  traces.push({x: ordered.map((each) => each[1]), y: ordered.map((each) => names(each[0])), mode: 'markers', name: 'baseline',
    marker: {size: 11, color: look.panel, line: {color: look.ink, width: 1.6}}, hovertemplate: '%{x:.1f} %'});
  traces.push({x: ordered.map((each) => each[2]), y: ordered.map((each) => names(each[0])), mode: 'markers', name: 'scenario',
    marker: {size: 11, color: own}, hovertemplate: '%{x:.1f} %'});
  const annotations = ordered.map(([code, before, after]) => ({x: 1, xref: 'paper', xanchor: 'left', xshift: 6, y: names(code), showarrow: false,
    text: signed(after - before, 1), font: {size: SIZE, color: look.ink}}));
  return Plotly.react(place, traces, layout(look, {margin: {l: 112, r: 48, t: 4, b: 28}, annotations, hovermode: 'closest',
    xaxis: axis(look, {range: [-2, 102], tickvals: [0, 25, 50, 75, 100], ticktext: ['0', '25', '50', '75', '100 %']}),
    yaxis: axis(look, {showgrid: false, tickfont: {size: SIZE, color: look.ink}})}), QUIET);
}

export function paths(place, {training, hq, focus, names, colours}) {
  const look = theme();
  const label = (code, before, after) => `${code === 'others' ? 'others' : names(code)} ${after.toFixed(1)} (${before.toFixed(1)})`;
  const node = {label: [''], color: [colours(focus)], x: [0.5], y: [0.5]};
  const link = {source: [], target: [], value: [], color: []};
  for (const [stage, rows] of [['training', training], ['hq', hq]]) {
    const total = rows.reduce((sum, each) => sum + each[2], 0) || 1;
    let above = 0;
    for (const [code, before, after] of rows) {
      if (after <= 0) continue;
      const colour = colours(code);
      node.label.push(label(code, before, after));
      node.color.push(colour);
      node.x.push(stage === 'training' ? 0.001 : 0.999);
      node.y.push(Math.min(0.999, Math.max(0.001, (above + after / 2) / total)));
      above += after;
      const here = node.label.length - 1;
      link.source.push(stage === 'training' ? here : 0);
      link.target.push(stage === 'training' ? 0 : here);
      link.value.push(after);
      link.color.push(faint(colour, 0.45));
    }
  }
  return Plotly.react(place, [{type: 'sankey', arrangement: 'fixed', node: {...node, pad: 9, thickness: 12, line: {width: 0}, hoverinfo: 'none'},
    link: {...link, hoverinfo: 'none'}, textfont: {size: SIZE, color: look.ink}}], layout(look, {margin: {l: 6, r: 6, t: 8, b: 10}}), QUIET);
}

export function say(place, text) {
  const look = theme();
  return Plotly.react(place, [], layout(look, {margin: {l: 0, r: 0, t: 0, b: 0}, xaxis: {visible: false}, yaxis: {visible: false},
    annotations: [{text, x: 0.5, y: 0.5, xref: 'paper', yref: 'paper', showarrow: false, font: {size: SIZE, color: look.grey}}]}), QUIET);
}

export function picture(place, title, name) {
  const look = theme();
  return Plotly.toImage({data: place.data, layout: {...place.layout, title: {text: title, font: {size: 17}, x: 0.02}, paper_bgcolor: look.panel,
    margin: {...place.layout.margin, t: 60}}}, {format: 'png', width: 1100, height: 560, scale: 2}).then((url) => {
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
  });
}
