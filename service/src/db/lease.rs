//! A connection on loan, which finds its way back only when its state is known.

use deadpool::managed::Object;
use sqlx::PgConnection;

use super::{Operation, Outage, STATEMENT_LIMIT, manager::Manager};

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
    pub(super) async fn run<T, F>(&mut self, operation: &F) -> sqlx::Result<T>
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
        let result =
            match tokio::time::timeout(STATEMENT_LIMIT, operation(&mut connection.inner)).await {
                Ok(result) => result,
                Err(_) => return Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()),
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
