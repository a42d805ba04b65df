//! A connection on loan, which finds its way back only when its state is known.

use std::time::Instant;

use deadpool::managed::Object;
use sqlx::PgConnection;

use super::{
    ACQUIRE_LIMIT, Operation, Outage, STATEMENT_LIMIT, manager::Manager, silence::Silence,
};

/// A connection on loan from the pool.
pub(super) struct Lease {
    object: Option<Object<Manager>>,
}

impl Lease {
    pub(super) fn new(object: Object<Manager>) -> Self {
        Self {
            object: Some(object),
        }
    }

    /// Runs one operation within the limit, after which the connection goes back or is dropped.
    ///
    /// Who has already waited since `asked` waits less, unless others are answered meanwhile.
    pub(super) async fn run<T, F>(
        &mut self,
        operation: &F,
        silence: &Silence,
        asked: Instant,
    ) -> sqlx::Result<T>
    where
        F: for<'c> Fn(&'c mut PgConnection) -> Operation<'c, T>,
    {
        let Some(object) = self.object.take() else {
            return Err(sqlx::Error::PoolClosed);
        };
        let mut pending = Pending(Some(object));
        let Some(connection) = pending.0.as_deref_mut() else {
            return Err(sqlx::Error::PoolClosed);
        };
        let begun = Instant::now();
        let deadline = || {
            let silent = (asked + STATEMENT_LIMIT).max(silence.since(asked) + ACQUIRE_LIMIT);
            silent.min(begun + STATEMENT_LIMIT)
        };
        let answer = silence.bounded(operation(&mut connection.inner), deadline);
        let Ok(result) = answer.await else {
            return Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into());
        };
        let known = match &result {
            Ok(_) => true,
            Err(error) => Outage::of(error).is_none(),
        };
        if known {
            // Taken out of the guard, the object goes back to the pool when it is dropped here.
            drop(pending.0.take());
        }
        result
    }
}

/// A connection with a statement under way. Dropped like this, it never goes back to the pool.
struct Pending(Option<Object<Manager>>);

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}
