// The rows as Markdown.
const round = seconds => `${Math.round(seconds)} s`;
const list = counts => Object.entries(counts).map(([key, count]) => `${count} × ${key}`).join(', ');
const cell = text => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function truthOf(record) {
  const parts = [`${record.publications} published, ${record.missed} missed by who was subscribed, ${record.away} by who was away`];
  if (Object.keys(record.closes).length > 0) parts.push(`closed: ${list(record.closes)}`);
  if (Object.keys(record.refused).length > 0) parts.push(`refused: ${list(record.refused)}`);
  for (const [what, count] of [['`gap` told', record.gaps], ['`skipped` told', record.skipped], ['`unsubscribed` told', record.unsubscribed], ['publications that Redis did not take', record.refusedByRedis]]) {
    if (count > 0) parts.push(`${what}: ${count}`);
  }
  if (record.truth) parts.push(record.truth);
  return parts.join('; ');
}

const alertsOf = (fault, record) => record.alerts.map(({ name, series, after, over }) => {
  const end = over !== undefined ? `ended ${round(over)} after the mend` : fault.alerts?.[name]?.ends === false ? 'lasts for its window' : 'had not ended';
  return `${name} (${[...series].sort().join('; ')}) after ${round(after)}, ${end}`;
}).join('; ') || 'none';

function saidOf(fault, record) {
  const codes = [...new Set(record.explained?.causes?.map(cause => `\`${cause.code}\``))].join(', ');
  const ids = [...new Set(record.log.filter(event => event.level !== 'Information').map(event => event.id || 'library'))].sort();
  return [fault.explain ? `explain: ${codes || 'nothing'}` : 'explain: not asked', `log: ${ids.join(', ') || 'nothing'}`].join('; ');
}

export function table(rows) {
  const lines = ['| fault | truth | metrics | alerts | explain, log | verdict |', '|---|---|---|---|---|---|'];
  for (const { fault, record, verdicts, failed } of rows) {
    const verdict = failed ? 'not played' : [...new Set(verdicts.map(({ verdict }) => verdict))].join(', ') || 'right';
    const cells = failed ? [failed, '', '', ''] : [
      truthOf(record),
      record.counts.map(({ what, truth, metric }) => truth === metric ? `${what} ${truth}` : `${what} ${Number(metric.toFixed(1))} of ${truth}`).join(', '),
      alertsOf(fault, record),
      saidOf(fault, record),
    ];
    lines.push(`| ${[fault.says, ...cells, `**${verdict}**`].map(cell).join(' | ')} |`);
  }
  const why = rows.flatMap(({ fault, verdicts = [] }) => verdicts.map(({ verdict, why }) => `- *${fault.says}*: ${verdict}. ${why}`));
  return [...lines, ...(why.length > 0 ? ['', ...why] : []), ''].join('\n');
}
