//! Structs that read what they know, keep the name of the first field they do not, and take null
//! for absent, as the API server does.

/// Declares a struct of optional fields whose `unknown` has the first field that is none of them.
macro_rules! lenient {
    ($(#[$doc:meta])* $vis:vis struct $name:ident { $($(#[$field_doc:meta])* $field:ident ($key:literal): $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default)]
        $vis struct $name<'a> {
            $($(#[$field_doc])* pub(super) $field: Option<$type>,)*
            /// The first field that is not known here.
            pub(super) unknown: Option<Word<'a>>,
        }

        impl<'de: 'a, 'a> serde::Deserialize<'de> for $name<'a> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Fields;
                impl<'de> serde::de::Visitor<'de> for Fields {
                    type Value = $name<'de>;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_none<E>(self) -> Result<Self::Value, E> {
                        Ok($name::default())
                    }

                    fn visit_unit<E>(self) -> Result<Self::Value, E> {
                        Ok($name::default())
                    }

                    fn visit_some<D: serde::Deserializer<'de>>(
                        self,
                        deserializer: D,
                    ) -> Result<Self::Value, D::Error> {
                        deserializer.deserialize_map(self)
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<Self::Value, A::Error> {
                        let mut it = $name::default();
                        while let Some(key) = map.next_key::<Word<'de>>()? {
                            match &*key {
                                $($key => it.$field = map.next_value()?,)*
                                _ => {
                                    map.next_value::<serde::de::IgnoredAny>()?;
                                    it.unknown.get_or_insert(key);
                                }
                            }
                        }
                        Ok(it)
                    }
                }
                deserializer.deserialize_option(Fields)
            }
        }
    };
}
pub(super) use lenient;
