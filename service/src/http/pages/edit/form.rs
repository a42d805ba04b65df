//! The form of an event, with what is wrong in it and what somebody else has made of the event.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use uuid::Uuid;

use super::draft_name;
use crate::{
    domain::{EventId, Invalid, Version},
    http::{
        pages::{frame::Frame, markdown, typed::Typed},
        problem::Described,
        view,
    },
};

/// The form of an event.
#[derive(Template)]
#[template(path = "edit.html")]
pub(super) struct EditPage {
    pub(super) frame: Frame,
    /// The event to change, in the version that the reader has seen; none for a new event.
    pub(super) change: Option<(EventId, Version)>,
    /// What makes the event be created once, however often the form is sent.
    pub(super) key: Uuid,
    pub(super) typed: Typed,
    pub(super) invalid: Vec<Invalid>,
    /// What somebody else has made of the event meanwhile.
    pub(super) theirs: Option<Typed>,
    /// Whether it is of an event like another, which a draft of something else must not replace.
    pub(super) is_copy: bool,
    /// Whether a form was sent that has been sent before, with something else in it.
    pub(super) sent_before: bool,
}

impl EditPage {
    pub(super) fn new(frame: Frame, change: Option<(EventId, Version)>, typed: Typed) -> Self {
        Self {
            frame,
            change,
            key: Uuid::new_v4(),
            typed,
            invalid: Vec::new(),
            theirs: None,
            is_copy: false,
            sent_before: false,
        }
    }

    pub(super) fn answer(&self, status: StatusCode) -> Response {
        let mut response = view::page(self.frame.language, self);
        *response.status_mut() = status;
        response.extensions_mut().insert(Described);
        response
    }

    /// What is wrong with a field.
    fn wrong(&self, field: &str) -> Option<String> {
        let invalid = self.invalid.iter().find(|invalid| invalid.field == field)?;
        Some(self.frame.language.reason(&invalid.reason))
    }

    /// The fields in which the two versions differ: the name, theirs and ours.
    fn differences(&self) -> Vec<(&'static str, &str, &str)> {
        let Some(theirs) = &self.theirs else {
            return Vec::new();
        };
        let (ours, pick) = (&self.typed, |en, ja| self.frame.pick(en, ja));
        let all = [
            (pick("Title", "タイトル"), &theirs.title, &ours.title),
            (pick("Day", "日付"), &theirs.date, &ours.date),
            (pick("Time", "開始時刻"), &theirs.time, &ours.time),
            (pick("Place", "場所"), &theirs.location, &ours.location),
            (
                pick("Seats", "定員"),
                &theirs.max_participants,
                &ours.max_participants,
            ),
            (
                pick("Organiser", "主催者"),
                &theirs.organizer,
                &ours.organizer,
            ),
            (
                pick("Description", "説明"),
                &theirs.description,
                &ours.description,
            ),
        ];
        let differ = all
            .into_iter()
            .filter(|(_, theirs, ours)| theirs.lines().ne(ours.lines()));
        differ
            .map(|(name, a, b)| (name, a.as_str(), b.as_str()))
            .collect()
    }

    /// What the description looks like, as HTML that can do no harm.
    fn preview(&self) -> String {
        markdown::to_html(&self.typed.description)
    }

    /// Under which name the browser keeps what was typed.
    fn draft(&self) -> String {
        draft_name(self.change.as_ref().map(|(id, _)| *id))
    }
}
