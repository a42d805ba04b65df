//! The endpoints of the event service, named by their route templates so that figures group.

use reqwest::Method;
use serde::{Deserialize, Serialize};

/// One of the seven endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Endpoint {
    /// The list of events.
    #[serde(rename = "GET /events")]
    List,
    /// A new event.
    #[serde(rename = "POST /events")]
    Create,
    /// One event with its participants.
    #[serde(rename = "GET /events/{id}")]
    Open,
    /// A changed event.
    #[serde(rename = "PUT /events/{id}")]
    Edit,
    /// An event taken away.
    #[serde(rename = "DELETE /events/{id}")]
    Delete,
    /// A seat taken.
    #[serde(rename = "POST /events/{id}/join")]
    Join,
    /// A seat given back.
    #[serde(rename = "DELETE /events/{id}/join")]
    Leave,
}

impl Endpoint {
    /// Every endpoint, in the order of reports; `as usize` is the place in it.
    pub const ALL: [Self; 7] = [
        Self::List,
        Self::Create,
        Self::Open,
        Self::Edit,
        Self::Delete,
        Self::Join,
        Self::Leave,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "GET /events",
            Self::Create => "POST /events",
            Self::Open => "GET /events/{id}",
            Self::Edit => "PUT /events/{id}",
            Self::Delete => "DELETE /events/{id}",
            Self::Join => "POST /events/{id}/join",
            Self::Leave => "DELETE /events/{id}/join",
        }
    }

    /// The method to call it with.
    pub fn method(self) -> Method {
        match self {
            Self::List | Self::Open => Method::GET,
            Self::Create | Self::Join => Method::POST,
            Self::Edit => Method::PUT,
            Self::Delete | Self::Leave => Method::DELETE,
        }
    }

    /// Whether the status is a rule of the business speaking: the service works, the answer is no.
    ///
    /// Only where the rule exists: a server that answers 404 to everything refuses nothing, it is the wrong server.
    pub fn refuses_with(self, status: u16) -> bool {
        match self {
            Self::List | Self::Create => false,
            Self::Open | Self::Delete | Self::Leave => status == 404,
            Self::Join => matches!(status, 404 | 409),
            // 412: somebody else has changed it since.
            Self::Edit => matches!(status, 404 | 409 | 412),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_all_is_the_order_of_the_variants() {
        for (place, endpoint) in Endpoint::ALL.into_iter().enumerate() {
            assert_eq!(endpoint as usize, place);
            assert_eq!(serde_json::json!(endpoint), endpoint.name());
        }
    }

    #[test]
    fn a_list_that_is_not_found_is_no_refusal() {
        assert!(!Endpoint::List.refuses_with(404));
        assert!(Endpoint::Join.refuses_with(409));
        assert!(!Endpoint::Leave.refuses_with(409));
    }
}
