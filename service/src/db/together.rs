//! One statement for all who ask for the same kind of thing at the same time.
//!
//! A few statements are under way at once. Who comes meanwhile waits for one of them to be answered, and the next
//! asks for all who wait: the more come, the fewer round trips each of them costs. Who comes alone does not wait.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sqlx::PgConnection;
use tokio::sync::oneshot;

use super::{Db, Error, Operation};

/// How many statements are under way at most. More would share out the same work to more round trips.
const STATEMENTS: usize = 2;
/// How many things one statement asks for at most, so that it stays a short one.
const THINGS: usize = 64;

/// Reads those of some things that there are.
pub type Read<K, V> = for<'c> fn(&'c mut PgConnection, Vec<K>) -> Operation<'c, Vec<(K, V)>>;

/// What comes of asking for one thing; `None` if there is no such thing.
pub type Answer<V> = Result<Option<Arc<V>>, Error>;

/// Reads things of one kind, for many at once; cheap to clone.
pub struct Together<K, V> {
    inner: Arc<Inner<K, V>>,
}

struct Inner<K, V> {
    db: Db,
    read: Read<K, V>,
    desk: Mutex<Desk<K, V>>,
}

struct Desk<K, V> {
    under_way: usize,
    waiting: Vec<Waiting<K, V>>,
}

type Waiting<K, V> = (K, oneshot::Sender<Answer<V>>);

impl<K, V> Clone for Together<K, V> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
        }
    }
}

impl<K: Copy + Eq + Hash + Send + Sync + 'static, V: Send + Sync + 'static> Together<K, V> {
    /// Reads by this statement, which may run twice with the effect of once.
    pub fn new(db: Db, read: Read<K, V>) -> Self {
        let desk = Mutex::new(Desk {
            under_way: 0,
            waiting: Vec::new(),
        });
        Self {
            inner: Arc::new(Inner { db, read, desk }),
        }
    }

    /// Finds one thing, as it is at this moment or a little later.
    ///
    /// # Errors
    ///
    /// As those of [`Db::idempotent`], but nobody is sent away because many wait.
    pub async fn find(&self, key: K) -> Answer<V> {
        let (sender, answer) = oneshot::channel();
        self.wait(key, sender);
        // Nobody is left to answer if the statement's task has panicked.
        let lost = || Error::Failed(Arc::new(sqlx::Error::WorkerCrashed));
        answer.await.unwrap_or_else(|_| Err(lost()))
    }

    fn wait(&self, key: K, sender: oneshot::Sender<Answer<V>>) {
        let mut desk = self.inner.desk();
        desk.waiting.push((key, sender));
        if desk.under_way < STATEMENTS {
            desk.under_way += 1;
            let clerk = Clerk {
                inner: self.inner.clone(),
                is_done: false,
            };
            // A task of its own: whoever goes away must not take the answers of the others along.
            tokio::spawn(clerk.work());
        }
    }
}

impl<K, V> Inner<K, V> {
    fn desk(&self) -> MutexGuard<'_, Desk<K, V>> {
        // Nothing that holds the lock can panic half-way.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers those who wait, statement after statement, until nobody does.
struct Clerk<K, V> {
    inner: Arc<Inner<K, V>>,
    is_done: bool,
}

impl<K: Copy + Eq + Hash + Send + Sync + 'static, V: Send + Sync + 'static> Clerk<K, V> {
    async fn work(mut self) {
        while let Some(asked) = self.next() {
            let mut keys: Vec<K> = asked.iter().map(|(key, _)| *key).collect();
            let mut seen = HashSet::new();
            keys.retain(|key| seen.insert(*key));
            let Inner { db, read, .. } = &*self.inner;
            match db.idempotent_for_many(|c| read(c, keys.clone())).await {
                Ok(found) => {
                    let found: HashMap<K, Arc<V>> = found
                        .into_iter()
                        .map(|(key, value)| (key, Arc::new(value)))
                        .collect();
                    for (key, sender) in asked {
                        // Who asked may have gone away.
                        let _ = sender.send(Ok(found.get(&key).cloned()));
                    }
                }
                Err(error) => {
                    // The others would fare the same, and would have waited twice as long by then.
                    let others = mem::take(&mut self.inner.desk().waiting);
                    for (_, sender) in asked.into_iter().chain(others) {
                        let _ = sender.send(Err(error.clone()));
                    }
                }
            }
        }
    }

    /// Takes those who wait; `None` if nobody does, and then this is done.
    fn next(&mut self) -> Option<Vec<Waiting<K, V>>> {
        let mut desk = self.inner.desk();
        desk.waiting.retain(|(_, sender)| !sender.is_closed());
        if desk.waiting.is_empty() {
            desk.under_way -= 1;
            self.is_done = true;
            return None;
        }
        let count = desk.waiting.len().min(THINGS);
        Some(desk.waiting.drain(..count).collect())
    }
}

impl<K, V> Drop for Clerk<K, V> {
    /// After a panic nobody must wait for an answer that will not come.
    fn drop(&mut self) {
        if !self.is_done {
            let mut desk = self.inner.desk();
            desk.under_way -= 1;
            desk.waiting.clear();
        }
    }
}
