//! Labelled parts under each other, their texts in one column.

use super::{
    page::{Page, Paint},
    wrap::width,
};

/// What is said of one part of a thing.
pub(super) struct Section {
    pub(super) label: &'static str,
    pub(super) lines: Vec<String>,
}

/// Writes the parts; what does not fit is broken below its own beginning.
pub(super) fn write(page: &mut Page, sections: Vec<Section>, paint: &Paint) {
    let dim = paint.dim;
    let column = sections.iter().map(|section| width(section.label)).max();
    let column = column.unwrap_or_default() + 2;
    for Section { label, lines } in sections {
        let room = " ".repeat(column - width(label));
        let mut head = format!("{dim}{label}{dim:#}{room}");
        for line in lines {
            page.prose(&head, &line);
            head = " ".repeat(column);
        }
    }
}
