//! An impact as a picture: SVG by hand, without script, style sheet or font of its own. Every bar carries its number as text, what
//! goes in addition stands above the line and what no longer goes hangs below it, so that nothing is said by colour alone.

use std::fmt::Write;

use crate::host::{Difference, Horizon, ImpactReport};

const WIDTH: usize = 960;
const HEIGHT: usize = 520;
/// Where the bars' line is, and how far a bar reaches from it.
const LINE: usize = 270;
const REACH: usize = 150;
const LEFT: usize = 40;
const BAR: usize = 26;
const GAP: usize = 8;

/// What is drawn: the words of the actions, short, in the order in which artefacts go. Colours tell apart for all kinds of sight (Okabe and Ito's).
const BARS: [(&str, &str, &str); 6] = [
    ("purge-audio", "audio purged", "#0072b2"),
    ("purge-customer", "customer purged", "#e69f00"),
    ("anonymise-transcript", "transcript anonymised", "#009e73"),
    ("purge-transcript", "transcript purged", "#cc79a7"),
    ("purge-statistics", "statistics purged", "#d55e00"),
    ("purge-snippet", "snippet purged", "#56b4e9"),
];

/// Draws an impact: for each day a group of bars, one an action.
pub(super) fn picture(report: &ImpactReport) -> String {
    let title = format!("Impact on the records of tenant {}, {}", report.tenant, report.today);
    let about = format!("{} against {}", report.candidate.policy, report.against.policy);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-labelledby=\"title about\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"about\">{}</desc>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n",
        escaped(&title),
        escaped(&format!("{about}. {}", words(report)))
    );
    text(&mut svg, LEFT, 28, "start", &title);
    text(&mut svg, LEFT, 48, "start", &about);
    text(&mut svg, LEFT, 72, "start", "above the line: would go in addition; below: would no longer go");
    let largest = report.horizons.iter().flat_map(|horizon| [&horizon.more, &horizon.fewer]).flat_map(counts).max();
    let scale = largest.unwrap_or(0).max(1);
    let group = (WIDTH - 2 * LEFT) / report.horizons.len().max(1);
    for (number, horizon) in report.horizons.iter().enumerate() {
        bars(&mut svg, LEFT + number * group, horizon, scale);
    }
    let _ = writeln!(svg, "<path d=\"M{LEFT} {LINE}H{}\" stroke=\"#000000\"/>", WIDTH - LEFT);
    legend(&mut svg);
    svg.push_str("</svg>\n");
    svg
}

fn counts(difference: &Difference) -> impl Iterator<Item = u64> {
    BARS.iter().map(|(action, ..)| difference.actions.get(action).copied().unwrap_or(0))
}

fn bars(svg: &mut String, left: usize, horizon: &Horizon, scale: u64) {
    let day = if horizon.days == 0 { "today".to_owned() } else { format!("in {} days", horizon.days) };
    text(svg, left, HEIGHT - 62, "start", &format!("{day}, {}", horizon.date));
    let both = counts(&horizon.more).zip(counts(&horizon.fewer));
    for (number, ((_, name, colour), (more, fewer))) in BARS.iter().zip(both).enumerate() {
        let x = left + number * (BAR + GAP);
        if more > 0 {
            let height = height(more, scale);
            bar(svg, x, LINE - height, height, colour, &format!("{day}: {more} more, {name}"));
            text(svg, x + BAR / 2, LINE - height - 4, "middle", &short(more));
        }
        if fewer > 0 {
            let height = height(fewer, scale);
            bar(svg, x, LINE, height, colour, &format!("{day}: {fewer} fewer, {name}"));
            text(svg, x + BAR / 2, LINE + height + 14, "middle", &short(fewer));
        }
    }
}

/// In pixels; at least one, so that a single record is seen beside a million.
fn height(count: u64, scale: u64) -> usize {
    usize::try_from(count.saturating_mul(REACH as u64) / scale).map_or(REACH, |height| height.clamp(1, REACH))
}

/// Few enough digits to stand over a bar: 999, 12k, 3M. The whole number is in the bar's title.
fn short(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => format!("{}k", count / 1_000),
        _ => format!("{}M", count / 1_000_000),
    }
}

fn bar(svg: &mut String, x: usize, y: usize, height: usize, colour: &str, title: &str) {
    let _ = writeln!(
        svg,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{BAR}\" height=\"{height}\" fill=\"{colour}\"><title>{}</title></rect>",
        escaped(title)
    );
}

fn legend(svg: &mut String) {
    let each = (WIDTH - 2 * LEFT) / BARS.len();
    for (number, (_, name, colour)) in BARS.iter().enumerate() {
        let (x, y) = (LEFT + number * each, HEIGHT - 28);
        let _ = writeln!(svg, "<rect x=\"{x}\" y=\"{}\" width=\"12\" height=\"12\" fill=\"{colour}\"/>", y - 11);
        text(svg, x + 17, y, "start", name);
    }
}

fn text(svg: &mut String, x: usize, y: usize, anchor: &str, words: &str) {
    let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>", escaped(words));
}

/// The picture in words, for whoever does not see it.
fn words(report: &ImpactReport) -> String {
    let sentence = |horizon: &Horizon| {
        let (more, fewer) = (horizon.more.records(), horizon.fewer.records());
        format!("On {}: {more} records more, {fewer} records fewer.", horizon.date)
    };
    report.horizons.iter().map(sentence).collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
