//! Who acts, and what they may do.

use super::UserName;

/// Who sends a request, as far as that is known for sure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody has to prove who they are: everybody is believed and may do everything.
    Anybody,
    /// Somebody who has logged in.
    Known {
        /// Their name.
        name: UserName,
        /// Whether they may act for others and change every event.
        admin: bool,
    },
}

impl Actor {
    /// Their name, if it is known for sure.
    pub fn name(&self) -> Option<&UserName> {
        match self {
            Self::Anybody => None,
            Self::Known { name, .. } => Some(name),
        }
    }

    /// Whether they may announce an event, join or leave in that name.
    pub fn may_act_as(&self, other: &UserName) -> bool {
        match self {
            Self::Anybody => true,
            Self::Known { name, admin } => *admin || name == other,
        }
    }

    /// Who must be the organiser of an event for them to change or delete it; `None` if that does not matter.
    ///
    /// The comparison belongs where the event is changed: between a look at the event and its change, somebody
    /// could hand it over.
    pub fn must_be_organizer(&self) -> Option<&UserName> {
        match self {
            Self::Anybody | Self::Known { admin: true, .. } => None,
            Self::Known { name, admin: false } => Some(name),
        }
    }
}
